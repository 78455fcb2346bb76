import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, get } from "node:http";
import { test } from "node:test";
import { backend } from "../../js/index.js";
import { serve as diagnose, histograms, label, runTask } from "../../js/inspect.js";
import { cleanups, serve, serveHttp2, track } from "../_support/tracked.mjs";
import { until } from "../_support/wait.mjs";

const skip = backend === "js" && "the JavaScript backend keeps no latencies";

const SCANNED = 1000;
const ROUTES = 30;
const EACH = 10;

/** @returns {Map<string, number>} closed contexts by label */
const counts = () => new Map(histograms().map((each) => [each.label, each.count]));

/** @param {Map<string, number>} found */
const sum = (found) => [...found.values()].reduce((all, count) => all + count, 0);

/**
 * @param {Iterable<string>} urls
 * @param {number} closed contexts of the process by then
 */
async function getAll(urls, closed) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  cleanups.push(() => agent.destroy());
  for (const url of urls) {
    const request = get(url, { agent });
    const [response] = await once(request, "response");
    response.resume();
    await once(response, "end");
  }
  // A request closes after its client has the response.
  const found = await until(counts, (found) => sum(found) === closed);
  assert.equal(sum(found), closed, "each request counts once");
  return found;
}

test("a request without a route and with a method that is not one of Node's counts as such", { skip }, async () => {
  track();
  const session = await serveHttp2((_request, response) => response.end());
  for (const method of ["BREW", "STEEP", "POST"]) {
    const stream = session.request({ ":method": method, ":path": "/pot" }).end();
    stream.resume();
    await once(stream, "close");
  }
  const found = await until(counts, (found) => sum(found) === 3);
  assert.deepEqual(
    found,
    new Map([
      ["other method (no route)", 2],
      ["POST (no route)", 1],
    ]),
  );
});

test("paths that a scanner tries take no place from routes, and places go to the labels of the most requests", {
  skip,
}, async () => {
  track();
  const diagnosed = diagnose({ port: 0 });
  cleanups.push(() => diagnosed.stop());
  const { origin } = await serve((request, response) => {
    const [, route] = /^\/(route\d+)\//.exec(request.url ?? "") ?? [];
    if (route === undefined) response.statusCode = 404;
    else label(`GET /${route}/[id]`);
    response.end();
  });
  const scanned = Array.from({ length: SCANNED }, (_, n) => `${origin}/wp-${n}.php`);
  const before = counts();
  let closed = sum(before) + SCANNED;
  assert.deepEqual(await getAll(scanned, closed), new Map([...before, ["GET (no route)", SCANNED]]));

  const visited = Array.from({ length: ROUTES * EACH }, (_, n) => `${origin}/route${n % ROUTES}/${n}`);
  closed += ROUTES * EACH;
  /** @type {Array<[string, number]>} */
  const routes = Array.from({ length: ROUTES }, (_, n) => [`GET /route${n}/[id]`, EACH]);
  assert.deepEqual(await getAll(visited, closed), new Map([...before, ["GET (no route)", SCANNED], ...routes]));

  // What a program labels by itself can use places up, but keeps none that a heavier label needs.
  for (let n = 0; n < SCANNED; n++) runTask(`user ${n}`, () => {});
  for (let n = 0; n < SCANNED; n++) runTask("checkout", () => {});
  closed += 2 * SCANNED;
  const mixed = counts();
  assert.equal(sum(mixed), closed);
  assert.equal(mixed.size, 201);
  // The first was no heavier than a user.
  assert.equal(mixed.get("checkout"), SCANNED - 1);
  for (const [route] of routes) assert.equal(mixed.get(route), EACH, route);
  assert.equal(mixed.get("GET (no route)"), SCANNED);
  assert.ok([...mixed.keys()].every((each) => !each.includes(".php")));

  const metrics = await (await fetch(new URL("/metrics", diagnosed.url))).text();
  const shown = [...metrics.matchAll(/^onescope_context_duration_seconds_count\{label="(.*)"\} (\d+)$/gm)];
  assert.deepEqual(new Map(shown.map(([, each, count]) => [each, Number(count)])), mixed);
});
