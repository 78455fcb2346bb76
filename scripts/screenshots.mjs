// Takes the pictures of the diagnostics page that docs/diagnostics.md shows. It needs Chromium and an addon that is built.
// usage: node scripts/screenshots.mjs

import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { launch } from "../__test__/_support/browser.mjs";
import { startDiagnosticsApp } from "../__test__/_support/start-diagnostics-app.mjs";
import { ROOT } from "./setup.mjs";

const { values } = parseArgs({ options: { help: { type: "boolean", short: "h", default: false } } });
if (values.help) {
  console.log("usage: node scripts/screenshots.mjs\n\nWrites docs/diagnostics-*.png; takes a minute.");
  process.exit(0);
}

/** @type {Array<[string, import("playwright-core").BrowserContextOptions]>} */
const PICTURES = [
  ["light", { colorScheme: "light", viewport: { width: 1100, height: 700 } }],
  ["dark", { colorScheme: "dark", viewport: { width: 1100, height: 700 } }],
  ["phone", { colorScheme: "light", viewport: { width: 360, height: 780 }, deviceScaleFactor: 2 }],
];

/** What the pages of a shop take, in ms. */
const PAGES = { "/": 15, "/shop/[category]": 60, "/shop/[category]/[product]": 120, "/cart": 35, "/search": 400 };

const server = await startDiagnosticsApp({ watch: { thresholdMs: 500 } });
const browser = await launch();
try {
  const stop = new AbortController();
  const visit = async (/** @type {string} */ path, /** @type {number} */ ms) => {
    while (!stop.signal.aborted) {
      await (await fetch(`${server.app}${path}?ms=${Math.round(ms * (0.5 + Math.random() * 1.5))}`)).text();
      await sleep(100);
    }
  };
  const visits = Object.entries(PAGES).map(([path, ms]) => visit(path, ms));
  // Something for the plot of delays.
  for (const ms of [120, 260, 180, 700, 90, 340]) {
    await sleep(4000);
    server.poke(`/report?ms=${ms}`);
  }
  for (const [name, options] of PICTURES) {
    const page = await browser.newPage(options);
    await page.goto(server.page);
    await sleep(2000);
    server.poke("/report?ms=4000");
    await page.waitForFunction(() =>
      document.querySelector("#blocked")?.textContent?.includes("confirmed by the thread"),
    );
    await sleep(1500);
    await page.screenshot({ path: join(ROOT, `docs/diagnostics-${name}.png`), fullPage: name === "light" });
    await page.locator("tr.blocking").waitFor({ state: "detached" });
    await page.close();
    await sleep(1000);
  }
  stop.abort();
  await Promise.all(visits);
} finally {
  await browser.close();
  await server.stop();
}
