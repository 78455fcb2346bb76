import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";
import { launch } from "../_support/browser.mjs";
import { startDiagnosticsApp } from "../_support/start-diagnostics-app.mjs";
import { chromium } from "../_support/tools.mjs";

const { skip } = chromium();
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const MARKUP = `<img src=x onerror="document.title='taken'">`;
describe("the page in Chromium", { skip, timeout: 120_000 }, () => {
  /** @type {import("playwright-core").Browser} */
  let browser;
  /** @type {Awaited<ReturnType<typeof startDiagnosticsApp>>} */
  let server;
  before(async () => {
    browser = await launch();
    server = await startDiagnosticsApp();
    server.poke("/hang");
    server.poke(`/named?text=${encodeURIComponent(MARKUP)}`);
    for (const ms of [5, 40, 120]) await (await fetch(`${server.app}/slow?ms=${ms}`)).text();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  /**
   * Opens the page and fails on anything that the browser complains of.
   *
   * @param {import("playwright-core").BrowserContextOptions} [options]
   */
  async function open(options) {
    const page = await browser.newPage(options);
    /** @type {string[]} */
    const complaints = [];
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(String(error)));
    await page.goto(server.page);
    await page.locator("#requests tr").first().waitFor();
    return { page, complaints };
  }

  test("names the request that blocks the thread, while it blocks it", async () => {
    const { page, complaints } = await open();
    server.poke("/report?ms=6000");
    const row = page.locator("tr.blocking");
    await row.waitFor();
    assert.match(await row.textContent(), /GET \/report\s*blocks thread 0 for/);
    const age = () => row.locator("td").first().textContent();
    await page.waitForFunction(() =>
      document.querySelector("#blocked")?.textContent?.includes("confirmed by the thread"),
    );
    assert.match(await page.locator("#blocked").textContent(), /^Thread 0 blocked by GET \/report/);
    assert.match(await page.locator("#stalls li").first().textContent(), /GET \/report.*buildReport/s);
    const first = await age();
    await page.waitForFunction((old) => document.querySelector("tr.blocking td")?.textContent !== old, first);
    const { threads } = await (await fetch(`${server.page}/in-flight`)).json();
    assert.ok(threads[0].blockedMs > 0, "it was blocked all the time");
    await row.waitFor({ state: "detached" });
    await page.waitForFunction(() => document.querySelector("#stalls li")?.textContent?.includes("recovered after"));
    assert.equal(await page.locator("#blocked").isHidden(), true);
    assert.deepEqual(complaints, []);
    await page.close();
  });

  test("shows what a client put into a label as text", async () => {
    const { page } = await open();
    assert.equal(await page.locator("#requests th[scope=row] span", { hasText: "<img" }).first().textContent(), MARKUP);
    assert.equal(await page.locator("img").count(), 0);
    assert.equal(await page.title(), "onescope");
    await page.close();
  });

  test("plots say in words what they show", async () => {
    const { page } = await open();
    const delay = page.getByRole("img", { name: /^Last second/ });
    await delay.waitFor();
    assert.ok((await delay.locator("rect").count()) > 0);
    const latency = page.locator("#latencies tr", { hasText: "GET /slow" }).getByRole("img");
    assert.match(String(await latency.getAttribute("aria-label")), /^\d.* up to /);
    await page.close();
  });

  test("pauses by keyboard, and goes on", async () => {
    const { page } = await open();
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement?.className), "skip");
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement?.id), "pause");
    const outline = await page.evaluate(
      () => getComputedStyle(/** @type {Element} */ (document.activeElement)).outlineWidth,
    );
    assert.equal(outline, "3px");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.querySelector("#connection")?.textContent?.startsWith("Paused"));
    const age = () => page.locator("#requests td").first().textContent();
    const paused = await age();
    await page.waitForTimeout(2500);
    assert.equal(await age(), paused);
    await page.keyboard.press("Enter");
    await page.waitForFunction((old) => document.querySelector("#requests td")?.textContent !== old, paused);
    await page.close();
  });

  test("fits a phone, in the dark too, and has nothing that keeps people out", async () => {
    for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
      for (const width of [360, 1200]) {
        const { page } = await open({ colorScheme, viewport: { width, height: 740 }, bypassCSP: true });
        await page.locator("#latencies tr").first().waitFor();
        const [wide, screen] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
        assert.ok(wide <= screen, `${wide} of ${screen}`);
        const light = await page.evaluate(
          () => getComputedStyle(document.body).backgroundColor === "rgb(255, 255, 255)",
        );
        assert.equal(light, colorScheme === "light");
        await page.evaluate(AXE);
        const { violations } = await page.evaluate("axe.run()");
        assert.deepEqual(
          violations.map((/** @type {any} */ { id, nodes }) => `${id}: ${nodes[0].html}`),
          [],
          `${colorScheme} ${width}`,
        );
        await page.close();
      }
    }
  });

  test("lets the browser prompt for the token, and says when it is disconnected", async (t) => {
    const token = "a-token-of-some-length";
    const locked = await startDiagnosticsApp({ serve: { token }, watch: false });
    t.after(() => locked.stop());
    const show = async (/** @type {import("playwright-core").BrowserContextOptions} */ options, url = locked.page) => {
      const page = await browser.newPage(options);
      /** @type {string[]} */
      const complaints = [];
      page.on("pageerror", (error) => complaints.push(String(error)));
      const response = await page.goto(url);
      return { page, complaints, status: response?.status() };
    };
    const connection = (/** @type {import("playwright-core").Page} */ page, /** @type {string} */ start) =>
      page.waitForFunction((text) => document.querySelector("#connection")?.textContent?.startsWith(text), start);

    const wrong = await show({ httpCredentials: { username: "me", password: "nonsense" } });
    assert.equal(wrong.status, 401);
    assert.match(String(await wrong.page.textContent("body")), /requires its token/);
    await wrong.page.close();

    const inAddress = await show({}, locked.page.replace("//", `//me:${token}@`));
    await connection(inAddress.page, "Process");
    await inAddress.page.close();

    const { page, status, complaints } = await show({ httpCredentials: { username: "", password: token } });
    assert.equal(status, 200);
    await connection(page, "Process");
    await locked.stop();
    await connection(page, "Disconnected");
    assert.equal(await page.locator("#connection").getAttribute("class"), "lost");
    assert.deepEqual(complaints, []);

    // Another server with another token: the page prompts for that once, and no longer polls in the background.
    const port = Number(new URL(locked.page).port);
    const next = await startDiagnosticsApp({ serve: { token: `${token}-2`, port, strict: true }, watch: false });
    t.after(() => next.stop());
    await page.waitForFunction(() => document.body.textContent?.includes("requires its token"));
    await page.close();
  });

  test("shows nothing to pages of another origin, also if the browser has the token", async (t) => {
    const token = "a-token-of-some-length";
    const locked = await startDiagnosticsApp({ serve: { token }, watch: false });
    t.after(() => locked.stop());
    const page = await browser.newPage({ httpCredentials: { username: "", password: token } });
    await page.goto(locked.page);
    await page.waitForFunction(() => document.querySelector("#connection")?.textContent?.startsWith("Process"));
    /** @type {Map<string, number>} */
    const statuses = new Map();
    page.on("response", (response) => statuses.set(response.url(), response.status()));
    await page.goto(server.app);
    const outcome = await page.evaluate(async (origin) => {
      const fails = (/** @type {RequestInit} */ init) =>
        fetch(`${origin}/counters`, init).then(
          () => false,
          () => true,
        );
      const image = new Image();
      const failed = new Promise(
        (resolve) => (image.onerror = () => resolve(true)) && (image.onload = () => resolve(false)),
      );
      image.src = `${origin}/icon.svg`;
      const frame = document.createElement("iframe");
      frame.src = `${origin}/metrics`;
      document.body.append(frame);
      await new Promise((resolve) => (frame.onload = resolve));
      return [
        await fails({ credentials: "include" }),
        await fails({ credentials: "include", mode: "no-cors" }),
        await failed,
        frame.contentDocument,
      ];
    }, locked.page);
    assert.deepEqual(outcome, [true, true, true, null]);
    for (const [url, status] of statuses) {
      if (url.startsWith(locked.page)) assert.equal(status, 403, url);
    }
    assert.equal(statuses.get(`${locked.page}/metrics`), 403);
    await page.close();
  });
});
