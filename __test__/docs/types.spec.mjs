import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { registerSlot, store } from "onescope";
import * as inspect from "onescope/inspect";
import { instrument } from "onescope/opentelemetry";
import {
  declarations,
  docOf,
  examplesIn,
  is,
  isExported,
  moduleDoc,
  nameOf,
  tagsOf,
  written,
} from "../../scripts/api-docs/declarations.mjs";
import { codeOf } from "../_support/code-of.mjs";
import { runSnippet } from "../_support/snippet.mjs";

// The docstrings of the types: what each option, function and class says, whether it is true, and whether its example runs.

const FILES = ["index.d.ts", "js/inspect.d.ts", "js/opentelemetry.d.ts", "js/vite.d.ts", "js/register.d.ts"];
const parsed = declarations(FILES);

const statements = FILES.flatMap((path) => [...parsed.get(path).statements]);
const interfaces = statements.filter((node) => is(node, "InterfaceDeclaration"));

/** The functions that throw nothing of ours. */
const NO_THROW = [
  "counters",
  "histograms",
  "slow",
  "trackLeaks",
  "releaseOnClose",
  "onescope",
  "store.slots",
  "store.counts",
  "store.id",
  "store.storages",
  "ScopeSlot.get",
  "ScopeSlot.run",
  "RequestSlot.get",
];

/** What a number can count. */
const UNITS = /\b(milliseconds|bytes|TCP port|Id of a|Number of|Maximum number of|without a unit)\b/;

/** Calls a function with one option, by the interface of its options. */
const CALLS = {
  InFlightFilter: inspect.inFlight,
  TrackOptions: inspect.trackRequests,
  WatchOptions: inspect.watch,
  RecordOptions: inspect.record,
  ServeOptions: inspect.serve,
  LeaksOptions: inspect.leaks,
  InstrumentOptions: instrument,
  ContextsOptions: store.contexts,
  OfScope: spec({ kind: "value" }),
  OfRequest: spec({ kind: "value", lifetime: "request" }),
  ValueSpec: spec({ kind: "value" }),
  FlagSpec: spec({ kind: "flag" }),
  CounterSpec: spec({ kind: "counter" }),
  EnumSpec: spec({ kind: "enum", variants: ["a"] }),
  LazySpec: spec({ kind: "lazy", lifetime: "request", make: () => ({}) }),
};

/** @param {object} base a valid spec */
function spec(base) {
  return (/** @type {object} */ option) => registerSlot("docs.types", /** @type {any} */ ({ ...base, ...option }));
}

/** The text of a declaration's tags of that name, in one line. */
const tagText = (/** @type {any} */ node, /** @type {string} */ name) =>
  tagsOf(node, name)
    .map((tag) => written(tag.comment).replace(/\s+/g, " "))
    .join("; ");

const codesIn = (/** @type {string} */ text) => text.match(/ERR_ONESCOPE_\w+/g) ?? [];

/**
 * @param {string} type of an option
 * @param {string} constraint such as "unless an integer from 1 to 1000"
 * @returns {unknown[]} values that the option must refuse
 */
function wrongValues(type, constraint) {
  const wrong = [type === "string" || type === "Scalar" ? Symbol("x") : "no such value", {}, Number.NaN];
  const [, least, most] = /integer from (\d+) to ([\d^-]+)/.exec(constraint) ?? [];
  if (least !== undefined) {
    const bound = most.replace(/^2\^(\d+)-1$/, (_, power) => `${2 ** Number(power) - 1}`);
    wrong.push(Number(least) - 1, Number(bound) + 1, Number(least) + 0.5);
  }
  return wrong;
}

describe("options", () => {
  const listed = interfaces.filter((node) => /(Options|Filter|Spec|^OfScope|^OfRequest)$/.test(String(nameOf(node))));

  test("every interface of options is tried", () => {
    assert.deepEqual(listed.map(nameOf).sort(), Object.keys(CALLS).sort());
  });

  test("no function takes options of an unnamed type", () => {
    for (const node of statements.filter((each) => is(each, "FunctionDeclaration"))) {
      for (const { type } of node.parameters) assert.ok(!is(type, "TypeLiteral"), node.getText());
    }
  });

  for (const node of listed) {
    const owner = /** @type {keyof typeof CALLS} */ (nameOf(node));
    // A kind only selects the type.
    for (const member of node.members.filter((/** @type {any} */ each) => nameOf(each) !== "kind")) {
      const name = String(nameOf(member));
      const type = member.type.getText();
      const constraint = tagText(member, "throws");
      const codes = codesIn(constraint);

      test(`${owner}.${name} says what it is, its unit, its default, and what a wrong value does`, () => {
        const about = written(docOf(member)?.comment);
        assert.match(about, /\w/, "a description");
        if (type === "number") assert.match(about, UNITS, "a unit");
        if (/^\w+\?:/.test(member.getText())) assert.match(tagText(member, "default"), /\S/, "a default");
        assert.ok(codes.length > 0, "@throws with a code");
      });

      test(`${owner}.${name} refuses wrong values as it says`, () => {
        for (const value of wrongValues(type, constraint)) {
          const code = codeOf(() => CALLS[owner](/** @type {any} */ ({ [name]: value })));
          assert.ok(codes.includes(String(code)), `${String(value)}: ${code}`);
        }
      });
    }
  }
});

/** @type {Map<string, any>} what can be called, by name; of overloads the first, which has the docstring */
const callable = new Map();
for (const node of statements.filter(isExported)) {
  const name = String(nameOf(node));
  if (is(node, "FunctionDeclaration") && !callable.has(name)) callable.set(name, node);
  const members = is(node, "VariableStatement") ? (node.declarationList.declarations[0].type.members ?? []) : [];
  const methods = name.endsWith("Slot") ? node.members : members;
  for (const member of methods ?? []) {
    if (is(member, "MethodSignature")) callable.set(`${name}.${nameOf(member)}`, member);
  }
}

describe("functions", () => {
  test("those that throw nothing are functions", () => {
    for (const name of NO_THROW) assert.ok(callable.has(name), name);
  });

  for (const [name, node] of callable) {
    test(`${name}() says what it does and what it throws`, () => {
      assert.match(written(docOf(node)?.comment), /\w/, "a description");
      const codes = codesIn(tagText(node, "throws"));
      assert.equal(codes.length === 0, NO_THROW.includes(name), "@throws with a code");
    });
  }
});

/** @type {Map<string, string[]>} the examples of every public function, class and object with functions, by name */
const examples = new Map([["onescope/register", examplesIn(moduleDoc(parsed.get("js/register.d.ts")))]]);
for (const node of statements.filter(isExported)) {
  const name = String(nameOf(node));
  if (is(node, "FunctionDeclaration") || is(node, "ClassDeclaration") || name === "store") {
    examples.set(name, [...(examples.get(name) ?? []), ...examplesIn(docOf(node))]);
  }
}

describe("examples", () => {
  for (const [name, sources] of examples) {
    test(`${name} has one, which runs and prints what its comments say`, async () => {
      assert.equal(sources.length, 1);
      await runSnippet(sources[0]);
    });
  }
});
