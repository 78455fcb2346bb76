import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { backend } from "../../js/index.js";
import { flightDirectory, labels, lastFlight, readFlight } from "../_support/flights.mjs";
import { runNode } from "../_support/run.mjs";

const PROGRAM = fileURLToPath(new URL("../_support/leaking-flight.mjs", import.meta.url));

test("what is in flight is in the flight, however many pages leaked timers hold", {
  skip: backend !== "native",
}, async (t) => {
  const directory = flightDirectory(t);
  const { signal, stderr } = await runNode([PROGRAM, directory]);
  assert.equal(signal, "SIGKILL", stderr);
  const flight = await readFlight(directory);
  assert.deepEqual(labels(flight), ["GET /slow", "GET /slow", "GET /slow"]);
  assert.ok(flight.inFlight.every(({ ageMs, state }) => ageMs >= 400 && state === "active"));
  assert.deepEqual([flight.mayBeMissing, flight.unrecorded.inFlight], [true, 0]);
  assert.equal(flight.pagesUsed, flight.pagesCapacity);
  const { stdout } = await lastFlight([directory]);
  assert.match(stdout, /^in flight: 3\n/m);
  assert.match(stdout, /^ {2}may be missing: \d+ pages of contexts were outside the recording, /m);
  assert.equal(flight.threads[0].lastEntered.label, "GET /slow");
});
