import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { CORE, STATE } from "../../js/vite/modules.js";
import { bundle } from "./bundle.mjs";
import { makeRandom } from "./random.mjs";
import { startWorkerd } from "./server.mjs";

// onescope in the runtime of Cloudflare Workers, where there is no addon and a scope can only be entered for a call.

const CONCURRENT = 400;
const seed = Number(process.env.ONESCOPE_SEED ?? Math.floor(Math.random() * 2 ** 32));

/** The same requests for every worker: ids that differ in every digit, and each with a seed of its own. */
const random = makeRandom(seed);
const requests = Array.from({ length: CONCURRENT }, (_, n) => {
  const number = (Math.floor(random() * 2 ** 16) * 2 ** 16 + n) >>> 0;
  return { id: `rq-${number.toString(16).padStart(8, "0")}`, seed: String(Math.floor(random() * 2 ** 32)) };
});

/**
 * @param {string} origin
 * @param {{ id: string, seed: string }} request
 * @returns {Promise<string[]>} the result's lines
 */
async function request(origin, { id, seed }) {
  const response = await fetch(`${origin}/`, { headers: { "x-id": id, "x-seed": seed, cookie: `rid=${id}` } });
  const text = await response.text();
  assert.equal(response.status, 200, text);
  return text.split("\n");
}

/**
 * @param {string} origin
 * @param {string} id
 * @returns {Promise<string[]>} what ran after the response
 */
async function requestAfterwards(origin, id) {
  for (let tries = 0; tries < 100; tries++) {
    const seen = await (await fetch(`${origin}/afterwards`, { headers: { "x-id": id } })).json();
    if (seen !== null) return seen;
    await sleep(50);
  }
  return [];
}

/**
 * All requests at once, and then what each left behind.
 *
 * @param {string} origin
 */
async function requestAll(origin) {
  const results = await Promise.all(requests.map((seeded) => request(origin, seeded)));
  const afterwards = await Promise.all(requests.map(({ id }) => requestAfterwards(origin, id)));
  return requests.map(({ id }, n) => ({ id, result: results[n], afterwards: afterwards[n] }));
}

describe(`workerd, replay with ONESCOPE_SEED=${seed}`, () => {
  /** @type {Awaited<ReturnType<typeof startWorkerd>>} */
  let ours;
  /** @type {Awaited<ReturnType<typeof startWorkerd>>} */
  let stock;
  /** @type {Awaited<ReturnType<typeof bundle>>} */
  let bundled;
  /** @type {Awaited<ReturnType<typeof requestAll>>} */
  let results = [];

  before(async () => {
    bundled = await bundle("worker-with-store.mjs", { stock: false });
    ours = await startWorkerd(bundled.code);
    stock = await startWorkerd((await bundle("worker.mjs", { stock: true })).code);
  });

  after(async () => {
    await ours?.stop();
    await stock?.stop();
  });

  test("the bundle has our modules instead of vinext's, and nothing of Node's but async_hooks", () => {
    assert.deepEqual(bundled.warnings, []);
    for (const name of [...CORE, ...STATE]) {
      assert.ok(
        bundled.modules.some((path) => path.endsWith(`/shims/${name}.js`)),
        name,
      );
      assert.ok(!bundled.modules.some((path) => path.endsWith(`/vinext/dist/shims/${name}.js`)), `vinext's ${name}`);
    }
    const builtins = [...bundled.code.matchAll(/^(?:import|export) [^;]*? from "(node:[^"]+)"/gm)].map(
      ([, name]) => name,
    );
    assert.deepEqual([...new Set(builtins)], ["node:async_hooks"]);
  });

  test(`${CONCURRENT} requests at once see only what is theirs`, async () => {
    results = await requestAll(ours.origin);
    for (const { id, result, afterwards } of results) {
      const text = [...result, ...afterwards].join("\n");
      assert.deepEqual([...new Set(text.match(/rq-[0-9a-f]{8}/g))], [id]);
      assert.deepEqual(
        result.slice(0, 3).map((line) => JSON.parse(line)),
        [2, 1, 0].map((chunk) => ({ id, chunk, here: id })),
      );
      assert.equal(afterwards.length, 6, text);
    }
  });

  test("every result is the one that vinext's own modules give", async () => {
    assert.deepEqual(await requestAll(stock.origin), results);
  });

  test("the store counts the requests, and says what it is", async () => {
    const { backend, reasons, counts, storages, enterWith } = await (await fetch(`${ours.origin}/store`)).json();
    assert.equal(backend, "js");
    assert.deepEqual(reasons, ["Workers cannot load addons"]);
    assert.equal(counts.created, CONCURRENT);
    assert.equal(counts.closed, CONCURRENT);
    assert.ok(storages.used > 64, `only ${storages.used} slots in use`);
    assert.equal(enterWith[0], enterWith[1]);
    assert.match(enterWith[0], /not implemented/);
  });

  test("workerd reports no error", () => {
    assert.equal(ours.output(), "");
  });
});
