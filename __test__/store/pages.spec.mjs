import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
// With it every child context has a record.
import "../../js/inspect.js";
import { LAYOUT } from "../../js/generated/slot-table.js";
import { store } from "../../js/index.js";
import {
  closeAfterResponse,
  createRequestContext,
  getRequestContext,
  runWithRequestContext,
  runWithUnifiedStateMutation,
} from "../../shims/unified-request-context.js";
import { afterCollection } from "../_support/wait.mjs";

const MADE = 200_000;
/** Made in one turn: fewer than the pages that the JavaScript backend keeps findable between two ticks of its clock. */
const SLICE = 10_000;
/** The contexts that stay: far enough apart to be in different pages. */
const KEPT = [10, 60_000, 120_000, 180_000];
const perPage = LAYOUT.pageRecords - 1;

test("of 200 000 requests only the pages of those that are held stay alive", async () => {
  const start = store.counts();
  const kept = [];
  let closed = 0;
  for (let made = 0; made < MADE; ) {
    for (const end = made + SLICE; made < end; made++) {
      const context = createRequestContext();
      runWithRequestContext(context, () => {
        context.nextFetchId = made + 1;
      });
      if (made % 4 === 0) {
        closed++;
        void closeAfterResponse(context);
      }
      if (KEPT.includes(made)) kept.push(context);
    }
    await setTimeout(2 * LAYOUT.clockTickMs);
  }

  const all = store.counts();
  assert.equal(all.created - start.created, MADE);
  assert.equal(all.closed - start.closed, closed);
  assert.equal(all.created, all.closed + all.abandoned + all.inFlight);

  const counts = await afterCollection(store.counts, ({ livePages }) => livePages <= KEPT.length + 1);
  assert.equal(counts.livePages, KEPT.length + 1);
  const current = (start.created + MADE) % perPage || perPage;
  assert.equal(counts.liveRecords, KEPT.length * perPage + current);

  // What was closed counts as closed, and the rest of the collected pages as abandoned.
  assert.equal(counts.closed, all.closed);
  const held = store.contexts().length;
  assert.deepEqual([counts.inFlight, counts.abandoned], [held, MADE + start.created - counts.closed - held]);

  assert.deepEqual(
    kept.map((context) => context.nextFetchId),
    KEPT.map((made) => made + 1),
  );
  for (const context of kept) {
    assert.equal(store.state(store.id(context)).state, context.nextFetchId % 4 === 1 ? "closed" : "active");
  }
});

test("child contexts are counted apart, held or collected, and a held one holds its page", async () => {
  const before = await afterCollection(store.counts, ({ livePages }) => livePages === 1);
  const makeChild = () =>
    runWithRequestContext(createRequestContext(), () => runWithUnifiedStateMutation(() => {}, getRequestContext));
  const child = makeChild();
  const contextId = store.id(child);
  const made = 10 * perPage;
  for (let count = 0; count < made; count++) makeChild();

  const after = await afterCollection(store.counts, ({ livePages }) => livePages <= 2);
  assert.equal(after.livePages, 2);
  assert.deepEqual([after.created - before.created, after.children - before.children], [made + 1, made + 1]);
  assert.equal(after.created, after.closed + after.abandoned + after.inFlight);
  assert.ok(after.inFlight <= 2 * perPage, `${after.inFlight} in flight`);
  assert.equal(store.id(child), contextId);
});
