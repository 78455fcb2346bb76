import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { backend, store } from "../../js/index.js";
import { histograms, inFlight, label, leaks, trackLeaks } from "../../js/inspect.js";
import {
  closeAfterResponse,
  createRequestContext,
  queueAfterCallback,
  runWithRequestContext,
} from "../../shims/unified-request-context.js";
import { cleanups, here, over, send, serve, track } from "../_support/tracked.mjs";
import { afterCollection, until } from "../_support/wait.mjs";

const native = backend === "native";
const DEFERRED_MS = 700;
/** The coarse clock ticks every 10 ms; a busy machine makes it late. */
const TICKS_MS = 100;

const stateOf = (/** @type {number} */ id) => store.state(id).state;

test("listeners of finish see their request responded, and it closes after them", async () => {
  track();
  /** @type {unknown[]} */
  const seen = [];
  const { origin } = await serve((_request, response) => {
    response.on("finish", () => {
      const id = Number(here());
      seen.push(inFlight({ label: "/seen" }).map((each) => [each.id === id, each.state]));
      process.nextTick(() => seen.push(stateOf(id)));
    });
    response.end("ok");
    response.on("finish", () => seen.push(stateOf(Number(here()))));
  });
  await (await fetch(`${origin}/seen`)).text();
  await until(
    () => seen.length,
    (length) => length === 3,
  );
  assert.deepEqual(seen, [[[true, "responded"]], "responded", "closed"]);
});

test("a program that replaces setImmediate has its requests closed all the same", async (t) => {
  track();
  const { port } = await serve((_request, response) => response.end(String(here())));
  t.mock.method(globalThis, "setImmediate", () => {});
  const { received } = await send(port, "GET /replaced HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const id = () => Number(received().split("\r\n\r\n")[1] || Number.NaN);
  await until(id, Number.isInteger);
  assert.equal(
    await until(
      () => stateOf(id()),
      (state) => state === "closed",
    ),
    "closed",
  );
});

test("a state of after() that has another shape ends neither the process nor the request's closing", async () => {
  track();
  const { origin } = await serve((_request, response) => {
    const context = createRequestContext(/** @type {any} */ ({ afterContext: {} }));
    runWithRequestContext(context, () => response.end("ok"));
  });
  await (await fetch(`${origin}/another-shape`)).text();
  assert.deepEqual(await over("/another-shape"), []);
});

/**
 * Sends a request whose vinext context has work that `after()` deferred, and waits for its close.
 *
 * @param {string} path
 */
async function sendDeferred(path) {
  const times = { made: 0, responded: 0, closed: 0 };
  /** @type {{ context: any, states: string[] }} */
  const seen = { context: undefined, states: [] };
  const { origin } = await serve((_request, response) => {
    times.made = performance.now();
    const context = createRequestContext();
    seen.context = context;
    runWithRequestContext(context, () => {
      const id = Number(store.id(context));
      queueAfterCallback(context, async () => {
        await sleep(DEFERRED_MS / 2);
        runWithRequestContext(context, () => seen.states.push(stateOf(id)));
        await sleep(DEFERRED_MS / 2);
      });
      response.on("finish", async () => {
        times.responded = performance.now();
        label("GET /deferred/[id]");
        await closeAfterResponse(context);
        times.closed = performance.now();
        seen.states.push(stateOf(id));
      });
      response.end("ok");
    });
  });
  await (await fetch(origin + path)).text();
  await until(
    () => seen.states.length,
    (length) => length === 2,
  );
  return { times, seen };
}

test("a latency ends with the response and counts under the name that finish gave", { skip: !native }, async () => {
  track();
  const { times, seen } = await sendDeferred("/deferred/1");
  assert.deepEqual(seen.states, ["responded", "closed"]);
  const found = histograms().filter((each) => each.label.includes("/deferred/"));
  assert.deepEqual(
    found.map((each) => [each.label, each.count]),
    [["GET /deferred/[id]", 1]],
  );
  const [{ max }] = found;
  assert.ok(times.closed - times.responded >= DEFERRED_MS - 10);
  assert.ok(max <= times.responded - times.made + TICKS_MS, `${max} ms: ${JSON.stringify(times)}`);
});

test("the age of what is held counts from the close", async () => {
  const tracker = trackLeaks();
  cleanups.push(() => tracker.stop());
  track();
  const { times, seen } = await sendDeferred("/deferred/2");
  const ofDeferred = () => leaks().held.find((group) => group.label === "GET /deferred/[id]");
  const found = await afterCollection(ofDeferred, (group) => group !== undefined);
  assert.ok(found !== undefined && seen.context !== undefined);
  assert.ok(found.oldestMs <= performance.now() - times.closed + TICKS_MS, `${found.oldestMs}`);
});
