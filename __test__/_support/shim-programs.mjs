import fc from "fast-check";

/**
 * Random programs for a state module, as plain JSON: shim-machine.mjs executes them.
 *
 * @param {import("./shim-operations.mjs").Shim} shim
 * @returns {fc.Arbitrary<any[]>}
 */
export function programs({ scopes, acts }) {
  const copy = fc.nat({ max: 1 });
  const arg = fc.nat({ max: 4 });
  const async = fc.boolean();
  const scope = fc.constantFrom(...Object.keys(scopes), "request", "child");
  const { body } = fc.letrec((tie) => {
    const body = tie("body");
    return {
      body: fc.array(tie("op"), { maxLength: 7, size: "max" }),
      op: fc.oneof(
        { maxDepth: 4, withCrossShrink: true },
        {
          weight: 8,
          arbitrary: fc.record({ op: fc.constant("act"), copy, arg, name: fc.constantFrom(...Object.keys(acts)) }),
        },
        { weight: 2, arbitrary: fc.constant({ op: "await" }) },
        { weight: 1, arbitrary: fc.constant({ op: "throw" }) },
        {
          weight: 6,
          arbitrary: fc
            .record({ name: scope, copy, arg, async, body })
            .map((made) => ({ op: made.name in scopes ? "scope" : made.name, ...made })),
        },
        { weight: 1, arbitrary: fc.record({ op: fc.constant("try"), async, body }) },
        { weight: 2, arbitrary: fc.record({ op: fc.constant("start"), body }) },
      ),
    };
  });
  return body;
}
