import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { LAYOUT, LIMITS } from "../../js/generated/slot-table.js";
import { contextFields } from "../../scripts/generate/context-fields.mjs";
import { stale } from "../../scripts/generate/files.mjs";

const MAKERS = { x: "({ thing: true })" };

/** What is generated for a table of one slot, with the key `x`. */
function generate(slot) {
  const slots = [{ key: "x", inChild: "inherit", field: null, ...slot }];
  const text = contextFields({ layout: { ...LAYOUT, slots }, limits: LIMITS, makers: MAKERS });
  const body = text.replaceAll(/^import .*$/gm, "").replaceAll(/^export /gm, "");
  const imported = {
    LAYOUT,
    UNDEFINED: Symbol("undefined"),
    readOther: () => "other",
    writeOther: (_context, _name, _value, code) => code,
    takeRecord(context) {
      context.$words = new Int32Array(2 * LAYOUT.recordWords);
      context.$bytes = new Uint8Array(context.$words.buffer);
      context.$base = LAYOUT.recordWords;
    },
  };
  const evaluate = new Function(...Object.keys(imported), `${body}; return { ContextFields, copyFields, copyRecord };`);
  const { ContextFields, copyFields, copyRecord } = evaluate(...Object.values(imported));
  const make = () => new ContextFields(0);
  const makeChild = (parent) => {
    const child = make();
    child.$group = parent.$group;
    imported.takeRecord(child);
    copyRecord(child, parent);
    copyFields(child, parent);
    return child;
  };
  return { make, makeChild };
}

const FIELDS = [
  [{ kind: "flag", field: 3, default: true }, true, false],
  [{ kind: "enum", field: 31, variants: [3, 4, 5], default: 4 }, 4, 5, 3],
  [{ kind: "counter", field: 0, default: 0 }, 0, 1, 2],
  [{ kind: "counter", field: 2, default: 7 }, 7, 8, 9],
];

test("codes start at the default, which needs no record", () => {
  for (const [slot, ...values] of FIELDS) {
    const context = generate(slot).make();
    assert.equal(context.x, values[0]);
    context.x = values[0];
    assert.equal(context.$base, 0, "the default was written");
    for (const [index, value] of values.slice(1).entries()) {
      const code = index + 1;
      context.x = value;
      assert.equal(context.x, value);
      const inRecord =
        slot.kind === "counter"
          ? context.$words[context.$base + LAYOUT.words.counters + slot.field]
          : context.$bytes[context.$base * 4 + LAYOUT.bytes.fields + slot.field];
      assert.equal(inRecord, code, `${slot.kind} ${value}`);
    }
  }
});

test("a value that a native field cannot hold is kept beside the context", () => {
  for (const [slot] of FIELDS) {
    const context = generate(slot).make();
    context.x = "of another kind";
    assert.equal(context.x, "other", slot.kind);
  }
});

test("a child starts with the value of a slot that is inherited, and with the default of one that resets", () => {
  for (const [slot, ...values] of [...FIELDS, [{ kind: "value", default: null }, null, "a"]]) {
    for (const inChild of ["inherit", "reset"]) {
      const { make, makeChild } = generate({ ...slot, inChild });
      const parent = make();
      parent.x = values[1];
      assert.equal(makeChild(parent).x, inChild === "inherit" ? values[1] : values[0], `${slot.kind} ${inChild}`);
    }
  }
});

test("a lazy value is made at first access, for the context group if it is inherited", () => {
  for (const inChild of ["inherit", "reset"]) {
    const { make, makeChild } = generate({ kind: "lazy", inChild });
    const parent = make();
    const made = parent.x;
    assert.deepEqual(made, { thing: true });
    assert.equal(parent.x, made);
    assert.equal(makeChild(parent).x === made, inChild === "inherit", inChild);
    parent.x = undefined;
    assert.equal(parent.x, undefined);
    assert.equal(makeChild(parent).x === undefined, inChild === "inherit", inChild);
  }
});

test("a kind without an accessor is an error that names the file to edit", () => {
  assert.throws(() => generate({ kind: "queue" }), /accessors\.mjs has no accessor for the kind queue/);
});

test("files that differ or are missing are out of date", (t) => {
  const directory = mkdtempSync(join(tmpdir(), "onescope-generate-"));
  t.after(() => rmSync(directory, { recursive: true }));
  const files = new Map(["same.js", "other.js", "missing.js"].map((name) => [name, `// ${name}\n`]));
  writeFileSync(join(directory, "same.js"), "// same.js\n");
  writeFileSync(join(directory, "other.js"), "// older\n");
  assert.deepEqual(stale(pathToFileURL(`${directory}/`), files), ["other.js", "missing.js"]);
});
