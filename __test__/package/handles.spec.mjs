import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { backend, store } from "onescope";
import {
  counters,
  histograms,
  inFlight,
  leaks,
  record,
  releaseOnClose,
  serve,
  trackLeaks,
  trackRequests,
  watch,
} from "../../js/inspect.js";
import { instrument } from "../../js/opentelemetry.js";
import { hooks } from "../../js/store/hooks.js";
import { tracking } from "../../js/store/tracked.js";

const folder = mkdtempSync(join(tmpdir(), "onescope-handles-"));

/** @type {Record<string, () => import("../../index.js").Handle>} */
const STARTERS = {
  trackRequests,
  trackLeaks,
  releaseOnClose,
  instrument,
  watch,
  serve: () => serve({ port: 0 }),
  record: () => record({ directory: join(folder, "flights") }),
};

/** What the JavaScript backend cannot start. */
const NATIVE_ONLY = ["watch", "serve", "record"];

/** What several callers can start. */
const SHARED = ["trackRequests", "trackLeaks", "releaseOnClose"];

process.on("warning", () => {});

test("reads start nothing", () => {
  inFlight();
  counters();
  leaks();
  histograms();
  store.contexts();
  store.counts();
  store.storages();
  assert.deepEqual([hooks.closed, hooks.released, tracking.storage], [undefined, undefined, undefined]);
  assert.equal(leaks().tracking, false);
});

for (const [name, start] of Object.entries(STARTERS)) {
  test(`${name}() returns a handle, whether or not it started something, and stop() may be called again`, () => {
    const first = start();
    const second = start();
    const starts = backend === "native" || !NATIVE_ONLY.includes(name);
    assert.deepEqual([first.active, second.active], [starts, starts && SHARED.includes(name)]);
    for (const handle of [first, second]) {
      assert.equal(typeof handle.stop, "function");
      assert.equal(handle[Symbol.dispose], handle.stop);
    }
    for (const handle of [second, first]) {
      assert.equal(handle.stop(), undefined);
      assert.equal(handle.active, false);
      assert.equal(handle.stop(), undefined);
      assert.equal(handle[Symbol.dispose](), undefined);
    }
    // What the first handle started has ended.
    start().stop();
  });
}
