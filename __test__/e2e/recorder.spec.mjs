import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { NODES, nodeNamed } from "../../scripts/nodes.mjs";
import { startProduction } from "../_support/example.mjs";
import { flightDirectory, labels, readFlight } from "../_support/flights.mjs";
import { checkFlight } from "../_support/killed/check.mjs";
import { killUnderLoad } from "../_support/killed/kill.mjs";
import { runNode } from "../_support/run.mjs";
import { until } from "../_support/wait.mjs";

// A part of what `npm run kill-flights` does a hundred times.
describe("after kill -9 under load the recording agrees with the clients", () => {
  /** problems found when a listed request is left out */
  let missed = 0;
  /** problems found when a request that had ended is added */
  let invented = 0;
  for (const node of NODES)
    test(`Node ${node.name}`, async (t) => {
      const directory = flightDirectory(t);
      const outcome = await killUnderLoad(directory, node);
      const flight = await readFlight(directory);
      const { problems } = checkFlight(flight, outcome);
      assert.deepEqual(problems, []);
      assert.deepEqual(new Set(flight.inFlight.map((/** @type {any} */ { thread }) => thread)), new Set([0, 1]));

      // The check must refuse a recording that is not true.
      for (const each of flight.inFlight) {
        const inFlight = flight.inFlight.filter((/** @type {any} */ other) => other !== each);
        missed += checkFlight({ ...flight, inFlight }, outcome).problems.length;
      }
      const { log, killed } = outcome;
      const [over] = [...log].find(([, { ended }]) => ended !== undefined && ended < killed - 20) ?? [];
      if (over !== undefined) {
        const also = { ...flight.inFlight[0], label: `GET /r/${over}` };
        invented += checkFlight({ ...flight, inFlight: [...flight.inFlight, also] }, outcome).problems.length;
      }
    });

  // Nothing proves what a server had read that was killed right away, so all runs count together.
  test("and not if a request were missing or invented", () => assert.ok(missed > 0 && invented > 0));
});

describe("a real out-of-memory crash leaves a recording that names the request", () => {
  for (const name of ["22", "24", "26"])
    test(`Node ${name}`, async (t) => {
      const directory = flightDirectory(t);
      const program = "__test__/_support/out-of-memory.mjs";
      const { path: binary } = nodeNamed(name);
      const { signal, stderr } = await runNode(["--max-old-space-size=40", program, directory], { binary });
      assert.ok(signal === "SIGABRT" || signal === "SIGTRAP", `${signal}`);
      assert.match(stderr, /heap out of memory/);
      const flight = await readFlight(directory);
      assert.equal(flight.endedCleanly, false);
      assert.deepEqual(labels(flight), ["GET /slow", "GET /report"]);
      assert.equal(flight.threads[0].lastEntered.label, "GET /report");
    });
});

test("the example records, and a killed one names the route that was in flight", async () => {
  const server = await startProduction(nodeNamed("24"), "both");
  try {
    const response = await fetch(`${server.origin}/stream`);
    await response.body?.getReader().read();
    await until(server.output, (output) => output.includes("(also after a crash)"));
  } finally {
    await server.stop();
  }
  const [, path] = /^flight recording: npx onescope last-flight (\S+) /m.exec(server.output()) ?? [];
  assert.ok(path !== undefined, server.output());
  const flight = await readFlight(path);
  assert.equal(flight.endedCleanly, false);
  assert.ok(labels(flight).includes("GET /stream"), labels(flight).join());
});
