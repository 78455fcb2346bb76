// A recording as a function without loops or lookups of its own: what is timed are the operations.

/** @typedef {[string, ...any[]]} Step see recordings/README.md */

/**
 * How much of a recording a replay does:
 *
 * - `sync`: its context operations, one after the other; what came after an await follows at once.
 * - `awaits`: the same, with the awaits that lead from one operation to the next.
 * - `promises`: the same, and each other promise that the request made.
 *
 * @typedef {"sync" | "awaits" | "promises"} Extent
 */

/** What an operation that finds a request context adds to the sum of a replay. */
const CONTEXT = 1000;

/** Names of what a variant provides; see runtime.mjs. */
const PROVIDED = [
  "storages",
  "values",
  "kind",
  "idle",
  "object",
  "nothing",
  "createRequestContext",
  "runWithRequestContext",
  "runWithUnifiedStateMutation",
  "bindRequestContext",
  "runOutsideRequestScopes",
  "getRequestContext",
  "isInsideUnifiedScope",
  "stateOfShim",
  "isRequestOfShim",
  "appSnapshot",
  "serverSnapshot",
];

/**
 * @param {{ storages: { name: string }[], steps: Step[] }} recording
 * @param {Extent} extent
 * @returns {{ source: string, expected: number }} `source` is a function's body whose parameters are {@link PROVIDED} and
 *   that returns the replay; the replay returns, or resolves with, the sum of all lookups and that of all fields read.
 *   `expected` is the first sum as the recorded request had it.
 */
export function compile({ storages, steps }, extent) {
  const names = storages.map(({ name }) => name);
  const variables = new Set();
  let segments = 0;
  let expected = 0;

  const storage = (/** @type {string} */ name) => `storage${names.indexOf(name)}`;
  const variable = (/** @type {string} */ name) => {
    variables.add(name);
    return name;
  };
  const value = (/** @type {string} */ name) => {
    if (name === "-") return "undefined";
    return name.startsWith("c") ? variable(name) : `values[${name.slice(1)}]`;
  };
  const callback = (/** @type {Step[]} */ list) => `() => {\n${block(list, false)}}`;

  /**
   * @param {Step[]} list
   * @param {boolean} tail the list ends an async function, so its last await can be one
   */
  function block(list, tail) {
    // What was looked up last, and is therefore available, as it is to a shim.
    const at = { context: "" };
    const code = [/** @type {string} */ ("let found, held;")];
    const last = list.findLast(([kind]) => kind !== "promises");
    let after = "";
    let spawned = 0;
    for (const step of list) {
      if (step[0] === "promises") {
        if (extent === "promises") code.push(`idle(${Math.max(step[1] - spawned, step[2])}, ${step[2]});`);
      } else if (step[0] !== "await") {
        code.push(operation(step, at));
      } else if (extent === "sync") {
        code.push(`{\n${block(step[2], false)}}`);
      } else if (tail && step === last) {
        after = awaited(step);
      } else {
        spawned++;
        code.push(segment(awaited(step)));
      }
    }
    return `${[...code, after].join("\n")}\n`;
  }

  const segment = (/** @type {string} */ body) => {
    segments++;
    return `(async () => {\n${body}end();\n})();`;
  };

  function awaited([, hops, list]) {
    const waits = needs(list).map((name) => `while (${variable(name)} === undefined) await undefined;\n`);
    return `${"await undefined;\n".repeat(hops)}${waits.join("")}{\n${block(list, true)}}\n`;
  }

  /**
   * @param {Step} step
   * @param {{ context: string }} at
   * @returns {string}
   */
  function operation([kind, ...details], at) {
    const list = details.at(-1);
    const target = (/** @type {string} */ name) => (at.context === name ? "found" : variable(name));
    switch (kind) {
      case "get":
        return lookup(details[0], details[1]);
      case "run":
        return `${storage(details[0])}.run(${value(details[1])}, ${callback(list)});`;
      case "exit":
        return `${storage(details[0])}.exit(${callback(list)});`;
      case "enter":
        return `${storage(details[0])}.enterWith(${value(details[1])});`;
      case "snapshot":
        return `${variable(`snapshot${details[0]}`)} = ${details[1]}Snapshot();`;
      case "resume":
        return `${variable(`snapshot${details[0]}`)}(${callback(list)});`;
      case "bind":
        return `${variable(`bound${details[0]}`)} = bindRequestContext(() => ${variable(`body${details[0]}`)}());`;
      case "call":
        return `body${details[0]} = ${callback(list)};\nbound${details[0]}();`;
      case "create":
        return `${variable(details[0])} = createRequestContext(${fields(details[1])});`;
      case "request":
        return `runWithRequestContext(${variable(details[0])}, ${callback(list)});`;
      case "child":
        return `runWithUnifiedStateMutation((child) => {\n${variable(details[1])} = child;\n${sets(details[2], details[1])}}, ${callback(list)});`;
      case "outside":
        return `runOutsideRequestScopes(${callback(list)});`;
      case "inside":
        if (details[1]) expected++;
        return `if (${details[0].startsWith("shims/") ? "isRequestOfShim" : "isInsideUnifiedScope"}()) lookups++;`;
      case "context":
      case "state":
        at.context = details[1];
        expected += CONTEXT;
        return `found = ${kind === "state" ? "stateOfShim" : "getRequestContext"}();\nif (found != null) lookups += ${CONTEXT};`;
      case "read":
        return `read += kind(${target(details[0])}.${details[1]});`;
      case "write":
        return `${target(details[0])}.${details[1]} = ${literal(details[1], details[2])};`;
      default:
        throw new Error(`no replay of "${kind}"`);
    }
  }

  function lookup(name, stored) {
    if (stored.startsWith("c")) {
      expected += CONTEXT;
      return `if (${storage(name)}.getStore() != null) lookups += ${CONTEXT};`;
    }
    expected += stored === "-" ? 0 : Number(stored.slice(1));
    return `held = ${storage(name)}.getStore();\nif (held !== undefined) lookups += held.id;`;
  }

  function sets(list, child) {
    return list.map((step) => `${operation(step, { context: child }).replaceAll("found", "child")}\n`).join("");
  }

  const roots = steps.map(([, list]) => (extent === "sync" ? block(list, false) : segment(awaited(["root", 0, list]))));
  const body =
    extent === "sync"
      ? `${roots.map((root) => `{\n${root}}`).join("\n")}\nreturn { lookups, read };`
      : `return new Promise((resolve) => {
let left = ${segments};
const end = () => { if (--left === 0) resolve({ lookups, read }); };
${roots.join("\n")}
});`;
  const source = `"use strict";
const [${names.map((name) => storage(name)).join(", ")}] = storages;
return () => {
let lookups = 0, read = 0;
${variables.size > 0 ? `let ${[...variables].join(", ")};` : ""}
${body}
};`;
  return { source, expected };
}

/**
 * @param {{ source: string }} compiled
 * @param {Record<string, unknown>} provided see {@link PROVIDED}
 * @returns {() => any}
 */
export function link({ source }, provided) {
  return new Function(...PROVIDED, source)(...PROVIDED.map((name) => provided[name]));
}

/**
 * What a segment takes from others, which on a replay without a network may come later than it did: captures that it
 * calls, and contexts that it has a reference to.
 *
 * @param {Step[]} list
 * @returns {string[]} names of variables
 */
function needs(list) {
  const made = new Set();
  const names = new Set();
  const visit = (/** @type {Step[]} */ steps) => {
    for (const [kind, ...details] of steps) {
      if (kind === "await") continue;
      if (kind === "snapshot") made.add(`snapshot${details[0]}`);
      if (kind === "bind") made.add(`bound${details[0]}`);
      if (kind === "create") made.add(details[0]);
      if (kind === "child") made.add(details[1]);
      if (kind === "resume") names.add(`snapshot${details[0]}`);
      if (kind === "call") names.add(`bound${details[0]}`);
      if (["read", "write", "request"].includes(kind)) names.add(details[0]);
      if (Array.isArray(details.at(-1))) visit(details.at(-1));
    }
  };
  visit(list);
  return [...names].filter((name) => !made.has(name));
}

/** @param {Record<string, unknown>} given */
function fields(given) {
  const entries = Object.entries(given).map(([field, described]) => `${field}: ${literal(field, described)}`);
  return entries.length === 0 ? "" : `{ ${entries.join(", ")} }`;
}

/**
 * @param {string} field
 * @param {unknown} described as the recorder describes a value
 */
function literal(field, described) {
  if (typeof described !== "string" || described.startsWith('"')) return String(described);
  if (field === "renderDynamicLatch") return "{ dynamic: false, listeners: new Set() }";
  const known = { "[]": "[]", "[…]": '["item"]', undefined: "undefined", function: "nothing", object: "object" };
  return known[described] ?? `new ${described}()`;
}
