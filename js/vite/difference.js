import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { MAKERS, SLOTS } from "../generated/slot-table.js";
import { KNOWN_VERSIONS } from "./known-versions.js";
import { REIMPLEMENTED } from "./modules.js";

/** @import { Node, Program } from "./estree.js" */

/**
 * What vinext's core modules export, as far as onescope replaces them. The module of the same name in this package
 * exports all of it.
 *
 * @type {Record<string, string[]>}
 */
export const EXPORTS = {
  "internal/als-registry": ["getOrCreateAls", "registerAlsForScopeExit", "runOutsideRequestScopes"],
  "unified-request-context": [
    "bindRequestContext",
    "bindRequestContextSnapshot",
    "closeAfterResponse",
    "closeAfterResponseWithBody",
    "createRequestContext",
    "ensureRenderDynamicLatch",
    "getRequestContext",
    "isInsideUnifiedScope",
    "markFullyBufferedBody",
    "preserveFullyBufferedBodyMetadata",
    "queueAfterCallback",
    "requiresResponseCloseTracking",
    "runWithRequestContext",
    "runWithUnifiedStateMutation",
    "trackAfterPromise",
  ],
};

// The context's fields whose default is made by a function or an object of vinext's, not by a literal.
const COMPUTED = ["executionContext"];

/**
 * @param {string} shims vinext's folder `dist/shims`
 * @param {string} name of a state module, as in modules.js
 * @returns {string | undefined} the same for equal texts only, of the module and of what it relies on; `undefined` where
 *   there is no such module
 */
export function fingerprint(shims, name) {
  const files = [name, ...(REIMPLEMENTED[name] ?? []).map((path) => `../${path}`)].map((path) => `${shims}/${path}.js`);
  if (!existsSync(files[0])) return undefined;
  const hash = createHash("sha256");
  for (const file of files) hash.update(existsSync(file) ? readFileSync(file) : "none");
  return hash.digest("base64url");
}

/**
 * Compares a state module of vinext's with those of the known versions. These are logic more than data, so a text that is
 * not known is taken for a difference, whatever it may be.
 *
 * @param {string} shims vinext's folder `dist/shims`
 * @param {string} name of a module there, one of `STATE` in modules.js
 * @returns {string | undefined} the difference, to be read after the module's path; `undefined` if there is none
 */
export function describeUnknown(shims, name) {
  const found = fingerprint(shims, name);
  const known = Object.entries(KNOWN_VERSIONS).filter(([, fingerprints]) => Object.hasOwn(fingerprints, name));
  if (known.some(([, fingerprints]) => fingerprints[name] === found)) return undefined;
  return `differs from ${known.map(([version]) => `${version}'s`).join(" and ")}`;
}

/**
 * Compares a core module of vinext's with what onescope knows of it: the names it exports and, for the request context,
 * the fields and their defaults. Less than we know is an older vinext and fine; more, or another default, is not.
 *
 * @param {Program} program the module's ESTree
 * @param {string} name of the module, one of `CORE` in modules.js
 * @returns {string | undefined} the difference, to be read after the module's path; `undefined` if there is none
 */
export function describeDifference(program, name) {
  const known = EXPORTS[name];
  const extra = exportedNames(program).filter((exported) => !known.includes(exported));
  if (extra.length > 0) return `exports ${extra.join(", ")}`;
  if (name !== "unified-request-context") return undefined;
  const fields = contextFields(program);
  if (fields === undefined) return "does not make its context by returning an object literal of known fields";
  for (const [field, value] of fields) {
    const slot = SLOTS.find(({ key }) => key === field);
    if (slot === undefined) return `has the context field "${field}"`;
    const expected = defaultOf(slot);
    const found = printDefault(value);
    if (!COMPUTED.includes(field) && found !== expected) {
      return `has the default ${found} for the context field "${field}" (known: ${expected})`;
    }
  }
  return undefined;
}

/**
 * @param {Program} program
 * @returns {string[]}
 */
function exportedNames(program) {
  return program.body.flatMap((node) => {
    if (node.type === "ExportAllDeclaration") return [`* from ${node.source.value}`];
    if (node.type === "ExportDefaultDeclaration") return ["default"];
    if (node.type !== "ExportNamedDeclaration") return [];
    const declared = node.declaration?.declarations?.map(({ id }) => id.name);
    return [
      ...(declared ?? (node.declaration ? [node.declaration.id.name] : [])),
      ...node.specifiers.map(({ exported }) => exported.name ?? exported.value),
    ];
  });
}

/**
 * @param {Program} program
 * @returns {Array<[string, Node]> | undefined} name and value node of every field of a new context
 */
function contextFields(program) {
  const declarations = program.body.map((node) => node.declaration ?? node);
  const create = declarations.find(
    (node) => node.type === "FunctionDeclaration" && node.id.name === "createRequestContext",
  );
  const result = create?.body.body.find((node) => node.type === "ReturnStatement")?.argument;
  if (result?.type !== "ObjectExpression") return undefined;
  const last = result.properties.at(-1);
  const overrides =
    last?.type === "SpreadElement" && last.argument.name === /** @type {Node} */ (create).params[0]?.name ? 1 : 0;
  const fields = result.properties.slice(0, result.properties.length - overrides);
  if (fields.some(({ type }) => type !== "Property")) return undefined;
  return fields.map(({ key, value }) => [key.name ?? key.value, value]);
}

/**
 * A default as source text; an object by the names of its members, since their values may depend on arguments.
 *
 * @param {Node} node
 * @returns {string}
 */
function printDefault(node) {
  switch (node.type) {
    case "Literal":
      return JSON.stringify(node.value);
    case "ArrayExpression":
      return node.elements.length === 0 ? "[]" : "[…]";
    case "NewExpression":
      return `new ${node.callee.name}(${node.arguments.length === 0 ? "" : "…"})`;
    case "ObjectExpression":
      return `{ ${node.properties.map(({ key }) => key?.name).join(", ")} }`;
    default:
      return `an expression (${node.type})`;
  }
}

/** @type {Record<string, string>} by source text of what makes it */
const MADE = {
  "renderDynamicLatch()": "{ dynamic, listeners }",
  "afterContext()": "{ callbacks, responseClosed, pendingCallbacks, pendingPromises, completion, resolveCompletion }",
};

/** @param {typeof SLOTS[number]} slot */
function defaultOf({ key, default: value }) {
  const maker = MAKERS[key] ?? JSON.stringify(value);
  return MADE[maker] ?? maker;
}
