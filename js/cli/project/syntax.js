import module from "node:module";
import { Parser } from "acorn";

// Syntax trees of configuration files. Positions are those of the file's own text, so that edits keep everything else.

/** @typedef {{ type: string, start: number, end: number, [property: string]: any }} Node an ESTree node */
/** @typedef {{ start: number, end: number }} Comment */
/** @typedef {{ text: string, program: Node, comments: Comment[] }} Source */

const TYPESCRIPT = /\.[cm]?tsx?$/;

/**
 * @param {string} text
 * @param {string} path its extension tells the language
 * @returns {Source}
 * @throws {Error} if the text cannot be parsed; the message says why
 */
export function parse(text, path) {
  const code = TYPESCRIPT.test(path) ? stripTypes(text) : text;
  /** @type {Comment[]} */
  let comments = [];
  const parseAs = (/** @type {"module" | "script"} */ sourceType) => {
    comments = [];
    return Parser.parse(code, {
      ecmaVersion: "latest",
      sourceType,
      allowAwaitOutsideFunction: true,
      allowReturnOutsideFunction: true,
      allowHashBang: true,
      preserveParens: true,
      onComment: (_block, _text, start, end) => comments.push({ start, end }),
    });
  };
  try {
    return { text, program: parseAs("module"), comments };
  } catch (error) {
    try {
      return { text, program: parseAs("script"), comments };
    } catch {
      throw error;
    }
  }
}

/**
 * @param {string} text JSON
 * @returns {Node} the expression
 */
export function parseJson(text) {
  // Throws an error that names the place, and refuses what only JavaScript allows.
  JSON.parse(text.replace(/^\uFEFF/, ""));
  return Parser.parseExpressionAt(text, 0, { ecmaVersion: "latest" });
}

/**
 * Node replaces types by as much white space, so positions stay.
 *
 * @param {string} text
 */
function stripTypes(text) {
  if (module.stripTypeScriptTypes === undefined) {
    throw new Error("reading TypeScript needs Node 22.13 or later");
  }
  const { emitWarning } = process;
  // Node warns that this is experimental, which is nothing that the person who runs this command can act upon.
  process.emitWarning = () => {};
  try {
    // Which removes a byte order mark.
    const mark = text.startsWith("\uFEFF") ? " " : "";
    const code = mark + module.stripTypeScriptTypes(text.slice(mark.length));
    if (code.length !== text.length) throw new Error("its types cannot be removed without moving its code");
    return code;
  } finally {
    process.emitWarning = emitWarning;
  }
}

/**
 * @param {Node} node
 * @param {(node: Node, ancestors: Node[]) => void} visit called for the node and all below it; the nearest ancestor is last
 * @param {Node[]} [ancestors]
 */
export function walk(node, visit, ancestors = []) {
  visit(node, ancestors);
  ancestors.push(node);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child?.type === "string") walk(child, visit, ancestors);
    }
  }
  ancestors.pop();
}

/**
 * @param {Node} node
 * @param {(node: Node) => boolean} test
 * @returns {Node[]} those below it, and itself, that pass
 */
export function findAll(node, test) {
  /** @type {Node[]} */
  const found = [];
  walk(node, (each) => {
    if (test(each)) found.push(each);
  });
  return found;
}

/**
 * @param {Node} program
 * @param {(name: string) => boolean} isModule
 * @returns {Array<{ name: string, statement: Node, source: string }>} variables that hold a module or one of its exports
 */
export function importsOf(program, isModule) {
  /** @type {Array<{ name: string, statement: Node, source: string }>} */
  const found = [];
  for (const statement of program.body) {
    if (statement.type === "ImportDeclaration" && isModule(statement.source.value)) {
      for (const { local } of statement.specifiers)
        found.push({ name: local.name, statement, source: statement.source.value });
    }
    if (statement.type !== "VariableDeclaration") continue;
    for (const { id, init } of statement.declarations) {
      const source = required(init);
      if (source === undefined || !isModule(source)) continue;
      const names = id.type === "ObjectPattern" ? id.properties.map((/** @type {Node} */ p) => p.value) : [id];
      for (const { name } of names) found.push({ name, statement, source });
    }
  }
  return found;
}

/**
 * @param {Node | null | undefined} node
 * @returns {string | undefined} the module that an expression loads: `require("x")`, `require("x").y`, `await import("x")`
 */
export function required(node) {
  switch (node?.type) {
    case "MemberExpression":
      return required(node.object);
    case "ParenthesizedExpression":
      return required(node.expression);
    case "AwaitExpression":
      return required(node.argument);
    case "ImportExpression":
      return node.source.value;
    case "CallExpression":
      return node.callee.name === "require" ? node.arguments[0]?.value : undefined;
    default:
      return undefined;
  }
}

/**
 * @param {Node} object an ObjectExpression
 * @param {string} key
 * @returns {Node | undefined} the Property
 */
export function propertyOf(object, key) {
  // Of two with one name, the last counts.
  return object.properties.findLast(
    (/** @type {Node} */ { type, computed, key: name }) =>
      type === "Property" && !computed && (name.name ?? name.value) === key,
  );
}

/**
 * @param {Node} program
 * @param {string} name
 * @returns {Node | undefined} what the variable or function of that name is, if the file declares one and never assigns to it
 */
export function declarationOf(program, name) {
  const declared = findAll(program, ({ type, id }) => DECLARATIONS.has(type) && id?.name === name);
  const assigned = findAll(program, ({ type, left }) => type === "AssignmentExpression" && left.name === name);
  if (declared.length !== 1 || assigned.length > 0) return undefined;
  return declared[0].type === "VariableDeclarator" ? (declared[0].init ?? undefined) : declared[0];
}

const DECLARATIONS = new Set(["VariableDeclarator", "FunctionDeclaration"]);
