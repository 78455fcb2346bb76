import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { inFlight } from "../../js/inspect.js";
import { nameOf } from "../../js/store/records.js";
import { HttpRequest } from "../../js/tracking/http-request.js";
import { add, openRequests, readRoutes, readSomeRoutes, remove } from "../../js/tracking/open-requests.js";

/** @type {Array<{ request: HttpRequest, end: () => void, route: (path: string) => void, socket: { destroyed: boolean } }>} */
let made = [];
let reads = 0;

function open() {
  const socket = { destroyed: false };
  /** @type {{ path: string } | undefined} */
  let route;
  const message = {
    socket,
    originalUrl: "/open",
    get route() {
      reads++;
      return route;
    },
  };
  const request = new HttpRequest("GET", "/open", { req: message });
  add(request);
  const one = {
    request,
    socket,
    route: (/** @type {string} */ path) => {
      route = { path };
    },
    end: () => {
      remove(request);
      request.end(false);
    },
  };
  made.push(one);
  return one;
}

/** @param {() => unknown} call */
function readsIn(call) {
  reads = 0;
  call();
  return reads;
}

afterEach(async () => {
  for (const { end } of made) end();
  made = [];
  await sleep(20);
  const { size, oldest, newest, turn } = openRequests;
  assert.deepEqual([size, oldest, newest, turn], [0, undefined, undefined, undefined]);
});

test("a list reads the routes of what it lists", () => {
  const all = Array.from({ length: 5000 }, open);
  const labels = (/** @type {any} */ filter) => inFlight(filter).map(({ label }) => label);
  // A route is looked at twice where there is none.
  assert.ok(readsIn(() => inFlight({ limit: 10 })) <= 20);
  all[3].route("/third/:id");
  all[4999].route("/last/:id");
  const [path, third, last] = ["GET /open", "GET /third/:id", "GET /last/:id"];
  assert.deepEqual(labels({ limit: 5 }), [path, path, path, third, path]);
  assert.deepEqual(labels({ limit: 5, label: "/last" }), [last]);
  assert.equal(labels({}).at(-1), last);
  all[4998].route("/late/:id");
  assert.equal(labels({}).at(-2), "GET /late/:id");
  for (const { end } of all.slice(0, 4990)) end();
  assert.ok(readsIn(() => inFlight({ limit: 5, state: "active" })) <= 10);
});

test("what is read often are the newest requests, and the others in turn", () => {
  const all = Array.from({ length: 5000 }, open);
  for (const { route } of all) route("/r/:id");
  const counts = [];
  for (let turn = 0; turn < 5; turn++) {
    assert.ok(readsIn(readSomeRoutes) <= 10_000);
    counts.push(all.filter(({ request }) => nameOf(request) === "GET /r/:id").length);
  }
  assert.deepEqual(counts, [2000, 3000, 4000, 5000, 5000]);
  assert.equal(nameOf(all[4999].request), "GET /r/:id");
});

test("requests leave in any order, and with their connections", () => {
  const step = fc.record({ what: fc.constantFrom("open", "open", "end", "lose", "some", "all"), index: fc.nat() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const before = made.length;
      /** @type {typeof made} */
      let model = [];
      for (const { what, index } of steps) {
        const one = model[index % model.length];
        if (what === "open") model.push(open());
        else if (what === "end") one?.end();
        else if (what === "lose" && one) one.socket.destroyed = true;
        else if (what === "some") readSomeRoutes();
        else if (what === "all") readRoutes();
        const reading = what === "some" || what === "all";
        model = model.filter((each) => !(what === "end" && each === one) && !(reading && each.socket.destroyed));
        assert.deepEqual(
          listed(),
          model.map(({ request }) => request),
        );
      }
      for (const { end } of made.splice(before)) end();
      assert.equal(openRequests.size, 0);
    }),
  );
});

function listed() {
  const found = [];
  for (let request = openRequests.oldest; request !== undefined; request = request.newer) found.push(request);
  const back = [];
  for (let request = openRequests.newest; request !== undefined; request = request.older) back.unshift(request);
  assert.equal(found.length, openRequests.size);
  assert.ok(found.every((request, index) => request === back[index]));
  return found;
}
