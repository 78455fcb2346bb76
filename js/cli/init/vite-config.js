import { declarationOf, findAll, importsOf, parse, required, walk } from "../project/syntax.js";
import { indentAt, lineEndOf, lineStart } from "./edits.js";

/** @import { Node, Source } from "../project/syntax.js" */
/** @import { Edit } from "./edits.js" */

const PLUGIN = "onescope/vite";

export const VITE_BY_HAND = `add import onescope from "${PLUGIN}", and onescope() before vinext() in the list of plugins`;

export const NEW_VITE_CONFIG = `import onescope from "${PLUGIN}";
import vinext from "vinext";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [onescope(), vinext()],
});
`;

/**
 * Puts the plugin before vinext's.
 *
 * @param {string} text
 * @param {string} path
 * @returns {Edit[] | undefined} `undefined` if no list of plugins with vinext's is found
 */
export function editViteConfig(text, path) {
  const source = parse(text, path);
  const { program } = source;
  const used = pluginIn(program);
  if (used.called) return [];
  const places = placesOf(source);
  if (places.length === 0) return undefined;
  const vinext = importsOf(program, (name) => name === "vinext")[0];
  // A configuration that loads vinext only where it uses it.
  const loaded = vinext === undefined ? `(await import("${PLUGIN}")).default` : freeName(program);
  const edits = places.map((place) => insertCall(source, place, used.name ?? loaded));
  if (used.name === undefined && vinext !== undefined) edits.push(insertImport(source, vinext.statement, loaded));
  return edits;
}

/**
 * @param {Node} program of a Vite configuration
 * @returns {{ name: string | undefined, called: boolean }} `name` of the import, and whether the plugin is called
 */
export function pluginIn(program) {
  const name = importsOf(program, (source) => source === PLUGIN)[0]?.name;
  const own = findAll(program, ({ type, callee }) => {
    if (type !== "CallExpression") return false;
    return (name !== undefined && callee.name === name) || required(callee) === PLUGIN;
  });
  return { name, called: own.length > 0 };
}

/**
 * @param {Node} program
 * @returns {(node: Node) => boolean} whether a node calls vinext's plugin
 */
function vinextCalls(program) {
  const names = importsOf(program, (source) => source === "vinext").map(({ name }) => name);
  return ({ type, callee }) =>
    type === "CallExpression" && (names.includes(callee.name) || required(callee) === "vinext");
}

/**
 * @param {Source} source
 * @returns {Array<{ at: Node, list: Node }>} the elements of lists of plugins, or arguments of `push`, that hold vinext's
 */
function placesOf({ program }) {
  const isVinext = vinextCalls(program);
  // A variable may hold the plugin.
  const names = findAll(program, ({ type, init }) => type === "VariableDeclarator" && init !== null && isVinext(init))
    .map(({ id }) => id.name)
    .filter((name) => name !== undefined && declarationOf(program, name) !== undefined);
  /** @type {Map<Node, Node>} */
  const places = new Map();
  walk(program, (node, ancestors) => {
    const isPlugin = isVinext(node) || (node.type === "Identifier" && names.includes(node.name));
    if (!isPlugin) return;
    for (let index = ancestors.length - 1, child = node; index >= 0; child = ancestors[index--]) {
      const parent = ancestors[index];
      if (parent.type === "ArrayExpression" || isPush(parent)) {
        if (parent.callee !== child) places.set(child, parent);
        return;
      }
      // A list of plugins further out has nothing to do with what is inside of another call, or is declared apart.
      if (!PASSED.has(parent.type)) return;
    }
  });
  return [...places].map(([at, list]) => ({ at, list }));
}

const PASSED = new Set([
  "ConditionalExpression",
  "LogicalExpression",
  "AwaitExpression",
  "SpreadElement",
  "CallExpression",
  "ParenthesizedExpression",
]);

/** @param {Node} node */
function isPush({ type, callee }) {
  return type === "CallExpression" && callee.property?.name === "push";
}

/**
 * @param {Source} source
 * @param {{ at: Node, list: Node }} place
 * @param {string} name
 * @returns {Edit}
 */
function insertCall({ text, comments }, { at: element, list }, name) {
  let at = element.start;
  // Comments of its own lines belong to the element.
  for (const comment of comments.toReversed()) {
    if (comment.end > at || comment.start <= list.start) continue;
    const isAlone = text.slice(lineStart(text, comment.start), comment.start).trim() === "";
    if (!isAlone || text.slice(comment.end, at).trim() !== "") break;
    at = comment.start;
  }
  const isAlone = text.slice(lineStart(text, at), at).trim() === "";
  return { at, removed: "", inserted: `${name}(),${isAlone ? lineEndOf(text) + indentAt(text, at) : " "}` };
}

/**
 * @param {Source} source
 * @param {Node} statement that imports vinext
 * @param {string} name
 * @returns {Edit}
 */
function insertImport({ text }, statement, name) {
  const model = text.slice(statement.start, statement.end);
  const quote = model.includes("'") ? "'" : '"';
  const module = `${quote}${PLUGIN}${quote}`;
  const end = model.endsWith(";") ? ";" : "";
  const line =
    statement.type === "ImportDeclaration"
      ? `import ${name} from ${module}${end}`
      : `const { default: ${name} } = require(${module})${end}`;
  return { at: statement.start, removed: "", inserted: line + lineEndOf(text) };
}

/** @param {Node} program */
function freeName(program) {
  const taken = new Set(findAll(program, ({ type }) => type === "Identifier").map(({ name }) => name));
  return ["onescope", "onescopePlugin", "onescopeVitePlugin"].find((name) => !taken.has(name)) ?? "onescope$";
}
