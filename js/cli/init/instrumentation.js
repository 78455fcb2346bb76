import { findAll, parse, required } from "../project/syntax.js";
import { indentAt, indentUnit, lineEndOf } from "./edits.js";

/** @import { Node } from "../project/syntax.js" */
/** @import { Edit } from "./edits.js" */

// Only in Node: Next.js compiles the file for its edge runtime too, and leaves out what is behind this condition.
const CONDITION = 'process.env.NEXT_RUNTIME === "nodejs"';
const LOAD = 'await import("onescope/auto");';

export const INSTRUMENTATION_BY_HAND = `add to register(): if (${CONDITION}) { ${LOAD} }`;

export const NEW_INSTRUMENTATION = `export async function register() {
  if (${CONDITION}) {
    ${LOAD}
  }
}
`;

/**
 * Loads onescope where the server starts.
 *
 * @param {string} text instrumentation.ts or .js
 * @param {string} path
 * @returns {Edit[] | undefined} `undefined` if `register` is not in the file as a function
 */
export function editInstrumentation(text, path) {
  const { program } = parse(text, path);
  if (loadsOnescope(program)) return [];
  const eol = lineEndOf(text);
  const unit = indentUnit(text);
  const register = registerIn(program);
  if (register === "none") {
    const lines = NEW_INSTRUMENTATION.trimEnd().replaceAll("  ", unit).replaceAll("\n", eol);
    const gap = text === "" ? "" : text.endsWith("\n") ? eol : eol + eol;
    return [{ at: text.length, removed: "", inserted: gap + lines + eol }];
  }
  if (register === undefined || register.body.type !== "BlockStatement" || returnsNoPromise(text, register)) {
    return undefined;
  }
  const { start, async, body } = register;
  const outer = eol + indentAt(text, start);
  const lines = [`if (${CONDITION}) {`, `${unit}${LOAD}`, "}"].map((line) => outer + unit + line).join("");
  const edits = async ? [] : [{ at: start, removed: "", inserted: "async " }];
  const inside = text.slice(body.start + 1, body.end - 1);
  if (inside.includes("\n")) edits.push({ at: body.start + 1, removed: "", inserted: lines });
  else {
    const statements = inside.trim() === "" ? "" : outer + unit + inside.trim();
    edits.push({ at: body.start + 1, removed: inside, inserted: lines + statements + outer });
  }
  return edits;
}

/**
 * @param {string} text
 * @param {Node} fn
 * @returns {boolean} whether its type says that it returns something else than a promise, so that it cannot become async
 */
function returnsNoPromise(text, { async, start, body }) {
  return !async && /\)\s*:(?!\s*Promise\b)[^)]*$/.test(text.slice(start, body.start));
}

/** @param {Node} program @returns {boolean} */
function loadsOnescope(program) {
  const loads = (/** @type {Node} */ node) =>
    /^onescope\b/.test(
      String(
        node.type === "ImportDeclaration"
          ? node.source.value
          : node.type === "ImportExpression" || node.type === "CallExpression"
            ? required(node)
            : "",
      ),
    );
  return findAll(program, loads).length > 0;
}

/**
 * @param {Node} program
 * @returns {Node | "none" | undefined} the function that the file exports as `register`; `undefined` if it is not in the file
 */
function registerIn(program) {
  for (const node of program.body) {
    if (node.type === "ExportAllDeclaration") return undefined;
    if (node.type !== "ExportNamedDeclaration") continue;
    const { declaration, specifiers } = node;
    if (specifiers.some((/** @type {Node} */ { exported }) => exported.name === "register")) return undefined;
    if (declaration?.id?.name === "register") return declaration;
    for (const { id, init } of declaration?.declarations ?? []) {
      if (id.name === "register") return /Function/.test(init?.type) ? init : undefined;
    }
  }
  return findAll(program, ({ type, property }) => type === "MemberExpression" && property.name === "register").length >
    0
    ? undefined
    : "none";
}
