import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { backend, registerSlot, store } from "../../js/index.js";
import { createRequestContext, runWithRequestContext } from "../../shims/unified-request-context.js";
import { codeOf } from "../_support/code-of.mjs";
import { afterCollection } from "../_support/wait.mjs";

const THREADS = 4;
const EACH = 3_000;
const start = store.counts();

/** A context of this thread, so that it is attached before any other. */
const own = createRequestContext({ phase: "action" });
runWithRequestContext(own, () => {});

/** Asks a worker one thing. */
async function request(worker, question) {
  worker.postMessage(question);
  const [response] = await once(worker, "message");
  return response;
}

test("threads make requests at the same time, each its own, and leave nothing behind", async (t) => {
  const program = new URL("../_support/context-worker.mjs", import.meta.url);
  const workers = Array.from({ length: THREADS }, () => new Worker(program));
  t.after(() => Promise.all(workers.map((worker) => worker.terminate())));
  const responses = await Promise.all(workers.map((worker) => request(worker, { make: EACH })));

  const threads = new Set([...responses.map(({ thread }) => thread), store.contexts({ limit: 1 })[0].thread]);
  assert.equal(threads.size, THREADS + 1);
  for (const { ids, states, wrong } of responses) {
    assert.equal(new Set(ids).size, EACH);
    assert.deepEqual([wrong, states], [0, ["active"]]);
  }

  const all = responses.flatMap(({ ids }) => ids);
  if (backend === "native") {
    assert.equal(new Set([...all, store.id(own)]).size, THREADS * EACH + 1);
    const { created, threads: attached } = store.counts();
    assert.deepEqual([created - start.created, attached], [THREADS * EACH + 1, THREADS + 1]);
    const { id } = store.slots().find(({ key }) => key === "nextFetchId");
    for (const { ids } of responses) assert.equal(store.read(ids[EACH - 1], id), EACH);
    const listed = store.contexts().filter(({ id }) => id !== store.id(own));
    assert.deepEqual(new Set(listed.map(({ thread }) => thread)), new Set(responses.map(({ thread }) => thread)));
  } else {
    for (const { counts } of responses) assert.equal(counts.created, EACH);
    assert.equal(store.counts().created - start.created, 1);
  }

  for (const worker of workers) worker.postMessage("end");
  await Promise.all(workers.map((worker) => once(worker, "exit")));
  const left = await afterCollection(store.counts, (counts) => counts.livePages === 1 && counts.threads === 1);
  assert.deepEqual([left.livePages, left.threads], [1, 1]);
  assert.equal(left.created, left.closed + left.abandoned + left.inFlight);
  if (backend === "native") {
    assert.equal(
      codeOf(() => store.state(all[0])),
      "ERR_ONESCOPE_STALE_ID",
    );
  }
  assert.equal(own.phase, "action");
});

test("a slot that a thread registers is known to all, with the same id and the same checks", async (t) => {
  const worker = new Worker(new URL("../_support/context-worker.mjs", import.meta.url));
  t.after(() => worker.terminate());
  const spec = { kind: "enum", variants: ["a", "b"], lifetime: "request" };
  const theirs = await request(worker, { register: ["worker.first", spec] });
  const conflict = { ...spec, lifetime: "scope" };
  if (backend === "native") {
    assert.equal(registerSlot("worker.first", spec).id, theirs);
    assert.equal(
      codeOf(() => registerSlot("worker.first", conflict)),
      "ERR_ONESCOPE_SLOT_CONFLICT",
    );
    const mine = registerSlot("worker.second", spec).id;
    assert.equal(await request(worker, { register: ["worker.second", spec] }), mine);
    assert.equal(await request(worker, { register: ["worker.second", conflict] }), "ERR_ONESCOPE_SLOT_CONFLICT");
  } else {
    // Without the addon each thread has a registry of its own.
    assert.equal(typeof registerSlot("worker.first", conflict).id, "number");
    assert.equal(await request(worker, { register: ["worker.first", conflict] }), "ERR_ONESCOPE_SLOT_CONFLICT");
  }
});

test("a thread that is killed in the middle of its work leaves nothing behind", async () => {
  const worker = new Worker(new URL("../_support/context-worker.mjs", import.meta.url));
  worker.postMessage("make for ever");
  await once(worker, "message");
  await worker.terminate();
  const left = await afterCollection(store.counts, (counts) => counts.livePages === 1 && counts.threads === 1);
  assert.deepEqual([left.livePages, left.threads], [1, 1]);
  assert.equal(left.created, left.closed + left.abandoned + left.inFlight);
});
