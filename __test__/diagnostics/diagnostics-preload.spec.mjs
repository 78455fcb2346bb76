// Diagnostics started by a preload that NODE_OPTIONS gives to every thread and every child.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { backend } from "../../js/index.js";
import { flightDirectory, flightsIn } from "../_support/flights.mjs";
import { evalJson, runNode } from "../_support/run.mjs";

const native = backend === "native";

const PRELOAD = fileURLToPath(new URL("../_support/preload.mjs", import.meta.url));

describe("a preload that starts every diagnostic", { skip: !native }, () => {
  for (const flag of ["--import", "--require"]) {
    test(`ends no worker, child or cluster worker: ${flag}`, async (t) => {
      const env = { NODE_OPTIONS: `${flag} ${PRELOAD}`, TEST_FLIGHTS: flightDirectory(t) };
      const { code, stdout, stderr } = await runNode(["__test__/_support/preloaded.mjs"], { env, timeoutMs: 60_000 });
      assert.equal(code, 0, stderr);
      const { workers, children, url, watching, capacity } = JSON.parse(stdout);
      const idle = { path: null, usage: { capacity: 0, pages: 0, unrecorded: 0 } };
      const strict = ["ERR_ONESCOPE_WATCHED", "ERR_ONESCOPE_RECORD_WORKER"];
      for (const worker of workers) assert.deepEqual(worker, { ...idle, url, strict, code: 0 });
      assert.deepEqual(children, new Array(3).fill({ running: true, code: 0 }));
      // What the workers did with their handles changed nothing.
      assert.equal(watching, true);
      assert.ok(capacity > 0);
      // Two workers, and one line of each.
      assert.equal(stderr.match(/onescope's watch\(\) did nothing: [^\n]* stop\(\) [^\n]*\n/g)?.length, 1, stderr);
      assert.equal(stderr.match(/onescope's record\(\) did nothing: [^\n]* main thread[^\n]*\n/g)?.length, 1, stderr);
      assert.doesNotMatch(stderr, /serve\(\)/);
    });
  }
});

describe("a diagnostic that is started a second time", { skip: !native }, () => {
  /** @param {string} source of a module that makes `said`, with `warnings` in scope */
  const evaluate = (source) =>
    evalJson(`
      import { setImmediate } from "node:timers/promises";
      import { record, serve, watch } from "./js/inspect.js";
      const warnings = [];
      process.on("warning", ({ name, code, message }) => name === "OnescopeWarning" && warnings.push([code, message]));
      ${source}
      await setImmediate();
      console.log(JSON.stringify({ ...said, warnings }));
      process.exit();
    `);

  test("does nothing, and one line says so: watch()", async () => {
    const { reported, on, warnings } = await evaluate(`
      const first = watch({ stacks: false });
      let reported = 0;
      const second = watch({ stacks: false, thresholdMs: 100, onStall: () => reported++ });
      watch().stop();
      second.pause();
      second.stop();
      const { backend } = await import("./js/store/backend.js");
      const on = backend.watchdog.watching();
      const said = { reported, on };
    `);
    assert.deepEqual([reported, on, warnings.length], [0, true, 1]);
    const [[code, message]] = warnings;
    assert.equal(code, "ERR_ONESCOPE_WATCHED");
    assert.match(message, /^onescope's watch\(\) did nothing: .*already running.*$/);
  });

  test("does nothing, and one line says so: record()", async (t) => {
    const directory = JSON.stringify(flightDirectory(t));
    const { paths, capacity, warnings } = await evaluate(`
      const first = record({ directory: ${directory} });
      const others = [record({ directory: ${directory} }), record({ directory: ${directory} + "-other" })];
      for (const other of others) other.stop();
      const said = { paths: [first, ...others].map(({ path }) => path), capacity: first.usage().capacity };
    `);
    assert.deepEqual(paths, [...flightsIn(JSON.parse(directory)), null, null]);
    assert.ok(capacity > 0);
    assert.equal(warnings.length, 1);
    assert.equal(warnings[0][0], "ERR_ONESCOPE_RECORDING");
    const message = `record() is already running in this process, into ${paths[0]}; call stop() first`;
    assert.equal(warnings[0][1], `onescope's record() did nothing: ${message}`);
  });

  test("keeps the first, and one line in the process says that its options differ: serve()", async () => {
    const { urls, warnings } = await evaluate(`
      const urls = [{ port: 0 }, { port: 0, maxBlockedMs: 500 }, { port: 0, maxBlockedMs: 600 }].map((options) => serve(options).url);
      const said = { urls };
    `);
    assert.equal(new Set(urls).size, 1);
    assert.deepEqual(
      warnings.map(([code]) => code),
      ["ERR_ONESCOPE_SERVING"],
    );
  });
});
