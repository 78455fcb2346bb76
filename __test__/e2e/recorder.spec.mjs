import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { NODES, nodeNamed } from "../../scripts/nodes.mjs";
import { startProduction } from "../_support/example.mjs";
import { flightDirectory, labels, readFlight } from "../_support/flights.mjs";
import { judge } from "../_support/killed/judge.mjs";
import { killUnderLoad } from "../_support/killed/kill.mjs";
import { runNode } from "../_support/run.mjs";
import { until } from "../_support/until.mjs";

// A part of what `npm run kill-flights` does a hundred times.
describe("after kill -9 under load the flight says what the clients say", () => {
  /** listed requests that the judge would miss if they were not */
  let missed = 0;
  /** requests that were over, and that the judge would not believe to be in flight */
  let disbelieved = 0;
  for (const node of NODES)
    test(`Node ${node.name}`, async (t) => {
      const directory = flightDirectory(t);
      const outcome = await killUnderLoad(directory, node);
      const flight = await readFlight(directory);
      const { problems } = judge(flight, outcome);
      assert.deepEqual(problems, []);
      assert.deepEqual(new Set(flight.inFlight.map((/** @type {any} */ { thread }) => thread)), new Set([0, 1]));

      // What the judge would say of a flight that is not true.
      for (const each of flight.inFlight) {
        const inFlight = flight.inFlight.filter((/** @type {any} */ other) => other !== each);
        missed += judge({ ...flight, inFlight }, outcome).problems.length;
      }
      const { log, killed } = outcome;
      const [over] = [...log].find(([, { ended }]) => ended !== undefined && ended < killed - 20) ?? [];
      if (over !== undefined) {
        const also = { ...flight.inFlight[0], label: `GET /r/${over}` };
        disbelieved += judge({ ...flight, inFlight: [...flight.inFlight, also] }, outcome).problems.length;
      }
    });

  // Of a server that was killed right away nothing proves what it had read, so all of them together.
  test("and would not if a request were missing or invented", () => assert.ok(missed > 0 && disbelieved > 0));
});

describe("a real out-of-memory crash leaves a flight that names the request", () => {
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
    await until(server.output, (output) => output.includes("last-flight shows it"));
  } finally {
    await server.stop();
  }
  const [, path] = /^flight: (.+) \(npx onescope last-flight shows it/m.exec(server.output()) ?? [];
  assert.ok(path !== undefined, server.output());
  const flight = await readFlight(path);
  assert.equal(flight.endedCleanly, false);
  assert.ok(labels(flight).includes("GET /stream"), labels(flight).join());
});
