import assert from "node:assert/strict";
import { test } from "node:test";
import { inFlight, label } from "../../js/inspect.js";
import { serve, track } from "../_support/tracked.mjs";

// What labels cost: a route is read once while a request stays in it.

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
