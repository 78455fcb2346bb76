import assert from "node:assert/strict";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { launch } from "../_support/browser.mjs";
import { chromium } from "../_support/tools.mjs";
import { APP, buildNext, serveNext } from "./next.mjs";
import { deployed, filesWith, hidePackages, installPackages } from "./packages.mjs";

// A Next.js app that starts onescope in instrumentation.js, imports it in a route handler, a Server Component, an edge route and, by
// mistake, in a Client Component. In `npm test`: Turbopack. `npm run test:frameworks` has the rest.

const everything = process.env.TEST_FRAMEWORKS === "1";

before(installPackages);

/**
 * @param {Awaited<ReturnType<typeof serveNext>>} server
 * @param {"native" | "js"} backend
 */
async function check({ get, state, output }, backend) {
  // What arrives before instrumentation.js has run is not tracked.
  await state("");
  const users = await Promise.all(["ada", "bob", "cy"].map((user) => state(`user=${user}`)));
  assert.deepEqual(
    users.map(({ user }) => user),
    ["ada", "bob", "cy"],
  );
  assert.equal(users[0].backend, backend);
  for (const { labels } of users) assert.ok(labels.includes("GET /api/state"), labels);
  const page = await get("/");
  assert.deepEqual([page.status, /backend: (?:<!-- -->)?(\w+)/.exec(await page.text())?.[1]], [200, backend]);
  const lines = output()
    .split("\n")
    .filter((line) => /^onescope/.test(line));
  if (backend === "js") {
    assert.equal(users[0].diagnostics, null);
    assert.equal(lines.length, 1, lines.join("\n"));
    assert.match(
      lines[0],
      /^onescope: JavaScript backend \(.*bundled: mark onescope external, or .*\); watch, serve and record are off$/,
    );
    return;
  }
  assert.deepEqual(lines, []);
  assert.equal((await fetch(users[0].diagnostics)).status, 200);
  for (let left = 5; ; left--) {
    const { stalls } = await state("user=ada&block=1");
    const confirmed = stalls.filter(
      ({ confidence, request }) => confidence === "exact" && request?.label === "GET /api/state",
    );
    if (
      confirmed.some(({ stack }) => stack.some((/** @type {string} */ frame) => /\bnext\/(?:dist|src)\b/.test(frame)))
    )
      break;
    assert.ok(left > 0, `${stalls.length} stalls`);
  }
}

/** @param {Awaited<ReturnType<typeof serveNext>>} server */
async function checkEdge({ get }) {
  assert.deepEqual(await (await get("/api/edge?user=ed")).json(), { backend: "js", user: "ed" });
}

/**
 * The server renders the Client Component, and the browser throws.
 *
 * @param {import("node:test").TestContext} t
 * @param {Awaited<ReturnType<typeof serveNext>>} server
 */
async function checkClient(t, { origin, get }) {
  assert.match(await (await get("/client")).text(), /<p>native \d/);
  if (chromium().skip) return;
  const browser = await launch();
  t.after(() => browser.close());
  const page = await browser.newPage();
  const [error] = await Promise.all([page.waitForEvent("pageerror"), page.goto(`${origin}/client`)]);
  assert.match(`${error}`, /^OnescopeError: onescope is server only, but a browser loads it; /);
}

/** @param {string} dist @returns {string[]} what clients get of the server's part */
function leaked(dist) {
  return filesWith(
    join(APP, dist, "static"),
    (path, text) => path.endsWith(".node") || /takeRecord|layoutHash/.test(text),
  );
}

describe("Turbopack, onescope bundled", () => {
  const settings = { dist: ".next/bundled" };

  before(async () => {
    const output = await buildNext(settings);
    assert.doesNotMatch(output, /onescope/);
  });

  test("next start is native", async (t) => check(await serveNext(t, settings, {}), "native"));

  test("clients get no addon, and an error instead of onescope", () => {
    assert.deepEqual(leaked(settings.dist), []);
    const refusing = filesWith(join(APP, settings.dist, "static"), (_, text) =>
      text.includes("ERR_ONESCOPE_SERVER_ONLY"),
    );
    assert.equal(refusing.length, 1);
  });

  test("the edge runtime has the JavaScript backend", async (t) => checkEdge(await serveNext(t, settings, {})));
});

for (const webpack of everything ? [false, true] : [false]) {
  describe(`${webpack ? "webpack" : "Turbopack"}, onescope in serverExternalPackages`, () => {
    const settings = {
      dist: `.next/external-${webpack}`,
      external: true,
      output: /** @type {const} */ ("standalone"),
      webpack,
    };

    before(async () => {
      const output = await buildNext(settings);
      assert.doesNotMatch(output, /onescope/);
      assert.deepEqual(leaked(settings.dist), []);
    });

    test("a copy of the standalone output is native, with onescope/register", async (t) => {
      hidePackages(t);
      const copy = deployed(t, join(APP, settings.dist, "standalone"));
      const preload = ["--import", "onescope/register"];
      await check(await serveNext(t, settings, { copy, preload }), "native");
    });
  });
}

if (everything) {
  for (const webpack of [false, true]) {
    const name = webpack ? "webpack" : "Turbopack";

    test(`${name}: a copy of the standalone output, onescope bundled, is on the JavaScript backend`, async (t) => {
      const settings = { dist: `.next/standalone-${webpack}`, output: /** @type {const} */ ("standalone"), webpack };
      await buildNext(settings);
      hidePackages(t);
      const copy = deployed(t, join(APP, settings.dist, "standalone"));
      await check(await serveNext(t, settings, { copy }), "js");
    });

    for (const external of [false, true]) {
      test(`${name}: next dev is native, onescope ${external ? "external" : "bundled"}`, async (t) => {
        const settings = { dist: `.next/dev-${webpack}-${external}`, external, webpack };
        const server = await serveNext(t, settings, { command: "dev" });
        await check(server, "native");
        await checkEdge(server);
        await checkClient(t, server);
      });
    }
  }

  test("webpack: next start is native, onescope bundled", async (t) => {
    const settings = { dist: ".next/bundled-webpack", webpack: true };
    assert.doesNotMatch(await buildNext(settings), /onescope/);
    assert.deepEqual(leaked(settings.dist), []);
    const server = await serveNext(t, settings, {});
    await check(server, "native");
    await checkEdge(server);
    await checkClient(t, server);
  });
}
