import assert from "node:assert/strict";
import Module, { createRequire } from "node:module";
import { test } from "node:test";
import { inFlight, label } from "../../js/inspect.js";
import { cleanups, serve, track } from "../_support/tracked.mjs";

// What labels cost: a route is read once while a request stays in it, and modules of frameworks are looked for once.

const require = createRequire(import.meta.url);

test("a route is read again only if the request entered another one, or the same one elsewhere", async () => {
  track();
  let reads = 0;
  const routeOf = (/** @type {string} */ path) => ({
    get path() {
      reads++;
      return path;
    },
  });
  /** @type {Array<[string, number]>} */
  const seen = [];
  const look = () => {
    inFlight();
    seen.push([inFlight()[0].label, reads]);
  };
  const { origin } = await serve((/** @type {any} */ request, response) => {
    look();
    request.route = routeOf("/first/:id");
    look();
    request.route = routeOf("/second/:id");
    look();
    request.baseUrl = "/somewhere";
    look();
    label("by hand");
    request.route = routeOf("/third/:id");
    look();
    response.end();
  });
  await (await fetch(`${origin}/path`)).text();
  assert.deepEqual(seen, [
    ["GET /path", 0],
    ["GET /first/:id", 1],
    ["GET /second/:id", 2],
    ["GET /*/second/:id", 3],
    ["by hand", 3],
  ]);
});

test("servers look for frameworks only if modules were loaded since the last one did", async () => {
  track();
  let looks = 0;
  const add = (/** @type {string} */ file) => {
    const get = () => void looks++;
    Object.defineProperty(require.cache, file, { get, enumerable: true, configurable: true });
    cleanups.push(() => delete require.cache[file]);
  };
  const resolver = /** @type {any} */ (Module);
  const { _resolveFilename } = resolver;
  let resolutions = 0;
  resolver._resolveFilename = (/** @type {unknown[]} */ ...args) => {
    resolutions++;
    return _resolveFilename(...args);
  };
  cleanups.push(() => {
    resolver._resolveFilename = _resolveFilename;
  });
  const get = async () => {
    const { origin } = await serve((_request, response) => response.end());
    await (await fetch(origin)).text();
    return looks;
  };
  add("/first/koa/lib/context.js");
  assert.equal(await get(), 1);
  assert.equal(await get(), 1);
  add("/second/koa/lib/context.js");
  assert.equal(await get(), 3);
  assert.equal(resolutions, 0, "Hono was looked for when tracking began");
});
