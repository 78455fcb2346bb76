import fc from "fast-check";
import { VALUES } from "./context-machine.mjs";

// Random programs over a few storages, as plain JSON: context-machine.mjs executes them.

/** A value that means "whatever the storage holds now", for which `run` calls straight through. */
const CURRENT = -1;

/**
 * @param {{ storages: number }} size how many storages the programs use
 * @returns {fc.Arbitrary<{ macro: string, ops: object[] }>}
 */
export function programs({ storages }) {
  const s = fc.nat({ max: storages - 1 });
  const v = fc.integer({ min: CURRENT, max: VALUES.length - 1 });
  const async = fc.boolean();
  const within = fc.boolean();
  const { body } = fc.letrec((tie) => {
    const body = tie("body");
    const then = tie("body");
    return {
      body: fc.array(tie("op"), { maxLength: 6, size: "max" }),
      op: fc.oneof(
        { maxDepth: 4, withCrossShrink: true },
        { weight: 3, arbitrary: fc.constant({ op: "read" }) },
        { weight: 3, arbitrary: fc.record({ op: fc.constant("enterWith"), s, v }) },
        { weight: 2, arbitrary: fc.record({ op: fc.constant("await"), how: fc.constantFrom(...AWAITS) }) },
        { weight: 1, arbitrary: fc.constant({ op: "throw" }) },
        { weight: 4, arbitrary: fc.record({ op: fc.constant("run"), s, v, async, body }) },
        { weight: 1, arbitrary: fc.record({ op: fc.constant("exit"), s, async, body }) },
        { weight: 1, arbitrary: fc.record({ op: fc.constant("withScope"), s, v, async, body }) },
        { weight: 1, arbitrary: fc.record({ op: fc.constant("try"), async, body }) },
        { weight: 3, arbitrary: fc.record({ op: fc.constant("start"), how: fc.constantFrom(...STARTS), body }) },
        { weight: 3, arbitrary: fc.record({ op: fc.constant("hold"), how: fc.constantFrom(...HOLDS), then }) },
        { weight: 3, arbitrary: fc.record({ op: fc.constant("use"), held: fc.nat({ max: 2 }), async, body }) },
        { weight: 1, arbitrary: fc.record({ op: fc.constant("disable"), s, within }) },
      ),
    };
  });
  // One kind of macrotask per program: a timeout and an immediate have no order between them.
  const macro = fc.oneof(
    { weight: 4, arbitrary: fc.constant("immediate") },
    { weight: 1, arbitrary: fc.constant("timeout") },
  );
  return fc.record({ macro, ops: body });
}

const AWAITS = ["promise", "plain value", "thenable", "rejection", "macrotask"];
const STARTS = ["then", "async function", "queueMicrotask", "nextTick", "macrotask"];
const HOLDS = ["snapshot", "bind", "AsyncResource"];
