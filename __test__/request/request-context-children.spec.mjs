import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SLOTS } from "../../js/generated/slot-table.js";
import * as ours from "../../shims/unified-request-context.js";
import { ContextGroup, OPERATION, play } from "../_support/context-group.mjs";
import { STOCK } from "../_support/stock.mjs";

const stock = await import(STOCK);
const { createRequestContext, getRequestContext, runWithRequestContext, runWithUnifiedStateMutation } = ours;
const COLLECTIONS = SLOTS.filter(({ kind }) => kind === "lazy").map(({ key }) => key);

/** A child of a context, after `mutate` changed it. */
function makeChild(context, mutate = () => {}) {
  return runWithRequestContext(context, () => runWithUnifiedStateMutation(mutate, getRequestContext));
}

/** A request with two child contexts, of which one has a child of its own. No collection has been accessed yet. */
function group() {
  const parent = createRequestContext();
  const child = makeChild(parent);
  return { parent, child, sibling: makeChild(parent), grandchild: makeChild(child) };
}

test("the first access to a collection makes it for all", () => {
  assert.equal(COLLECTIONS.length, 15);
  for (const first of Object.keys(group())) {
    const members = group();
    for (const name of COLLECTIONS) {
      const made = members[first][name];
      for (const [owner, member] of Object.entries(members))
        assert.equal(member[name], made, `${name}: ${first}, ${owner}`);
    }
  }
});

test("after the parent assigns another collection, its child contexts keep the old one, and vice versa", () => {
  for (const name of COLLECTIONS) {
    for (const assigning of ["parent", "child", "sibling", "grandchild"]) {
      for (const touched of [true, false]) {
        const members = group();
        const old = touched ? members.parent[name] : undefined;
        const replacement = { replacement: name };
        members[assigning][name] = replacement;
        assert.equal(members[assigning][name], replacement);
        const others = Object.keys(members).filter((owner) => owner !== assigning);
        for (const owner of others) {
          assert.equal(members[owner][name], old ?? members[others[0]][name], `${name}: ${assigning}, ${owner}`);
          assert.notEqual(members[owner][name], replacement);
        }
        assert.equal(makeChild(members[assigning])[name], replacement);
      }
    }
  }
});

test("all other fields start with the parent's value and then are independent", () => {
  const plain = SLOTS.filter(({ key }) => !COLLECTIONS.includes(key));
  const of = (owner) => Object.fromEntries(plain.map(({ key, kind }) => [key, kind === "value" ? { owner } : owner]));
  const parent = createRequestContext(of("parent"));
  const child = makeChild(parent);
  for (const { key } of plain) {
    assert.deepEqual(child[key], parent[key], key);
    if (typeof parent[key] === "object") assert.equal(child[key], parent[key], key);
  }
  Object.assign(child, of("child"));
  const grandchild = makeChild(child);
  for (const { key } of plain) assert.deepEqual([parent[key], grandchild[key]], [of("parent")[key], of("child")[key]]);
  Object.assign(parent, of("changed"));
  for (const { key } of plain) assert.deepEqual(child[key], of("child")[key], key);
});

test("the dynamic latch is one object for a request and its child contexts, made for a parent that has none", () => {
  for (const none of [undefined, null]) {
    const [parent, theirs] = [createRequestContext(), stock.createRequestContext()];
    parent.renderDynamicLatch = theirs.renderDynamicLatch = none;
    parent.dynamicUsageDetected = theirs.dynamicUsageDetected = true;
    const child = makeChild(parent);
    const expected = stock.runWithRequestContext(theirs, () =>
      stock.runWithUnifiedStateMutation(() => {}, stock.getRequestContext),
    );
    assert.deepEqual(child.renderDynamicLatch, expected.renderDynamicLatch);
    assert.equal(child.renderDynamicLatch, parent.renderDynamicLatch);
  }
});

test("a mutation gets the child before it is current, and the child ends with the call", async () => {
  const parent = createRequestContext();
  const result = await runWithRequestContext(parent, async () => {
    let mutated;
    const value = await runWithUnifiedStateMutation(
      (child) => {
        mutated = child;
        child.phase = "action";
        assert.equal(getRequestContext(), parent);
      },
      async () => {
        assert.equal(getRequestContext(), mutated);
        await null;
        assert.equal(getRequestContext(), mutated);
        return "value";
      },
    );
    assert.equal(getRequestContext(), parent);
    assert.deepEqual([mutated.phase, parent.phase], ["action", "render"]);
    return value;
  });
  assert.equal(result, "value");
});

test("a mutation that throws leaves the parent current and unchanged", () => {
  const parent = createRequestContext();
  runWithRequestContext(parent, () => {
    const mutate = (child) => {
      child.phase = "action";
      throw new Error("from mutate");
    };
    assert.throws(() => runWithUnifiedStateMutation(mutate, () => {}), /from mutate/);
    assert.equal(getRequestContext(), parent);
    assert.equal(parent.phase, "render");
  });
});

test("outside a request there is nothing to mutate, and the function is called all the same", () => {
  assert.equal(
    runWithUnifiedStateMutation(assert.fail, () => "called"),
    "called",
  );
});

test("any context group behaves as plain objects do, in any order of reads, assignments and child contexts", () => {
  fc.assert(
    fc.property(fc.array(OPERATION, { maxLength: 30 }), fc.infiniteStream(fc.nat()), (operations, order) => {
      const members = [new ContextGroup(ours), new ContextGroup(stock)];
      for (const operation of operations) for (const each of members) play(each, operation);
      const places = members[0].contexts.map((_, place) => [order.next().value, place]).sort(([a], [b]) => a - b);
      const [mine, theirs] = members.map((each) => each.describe(places.map(([, place]) => place)));
      assert.deepEqual(mine, theirs);
    }),
    { numRuns: 150 },
  );
});
