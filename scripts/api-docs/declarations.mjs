// Files of declarations, and what their docstrings say.

import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { SyntaxKind } from "typescript/unstable/ast";
import { API } from "typescript/unstable/sync";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/**
 * @param {readonly string[]} paths below the root
 * @returns {Map<string, { own: any[], statements: any[] }>} parsed files, by path: their own statements; and all, where those of a
 *   file come after `export *` of it
 */
export function declarations(paths) {
  const api = new API();
  try {
    const [project] = api.updateSnapshot({ openProject: join(ROOT, "tsconfig.json") }).getProjects();
    // The project has those of vinext's names only if something imports them.
    const own = (/** @type {string} */ path) => [
      ...(project.program.getSourceFile(join(ROOT, path))?.statements ?? []),
    ];
    /** @param {string} path @returns {any[]} */
    const all = (path) =>
      own(path).flatMap((/** @type {any} */ node) => {
        if (!is(node, "ExportDeclaration") || node.exportClause !== undefined) return [node];
        const from = node.moduleSpecifier.text.replace(/\.js$/, ".d.ts");
        return [node, ...all(posix.join(posix.dirname(path), from))];
      });
    return new Map(paths.map((path) => [path, { own: own(path), statements: all(path) }]));
  } finally {
    api.close();
  }
}

/** @param {any} node */
export const is = (node, /** @type {keyof typeof SyntaxKind} */ kind) => node.kind === SyntaxKind[kind];

/** @param {any} node */
export const isExported = (node) =>
  node.modifiers?.some((/** @type {any} */ each) => is(each, "ExportKeyword")) ?? false;

/** @param {any} node @returns {string | undefined} */
export const nameOf = (node) => node.name?.text ?? node.declarationList?.declarations[0].name.text;

/** @param {any} node @returns {any} its docstring */
export const docOf = (node) => node.jsDoc?.findLast((/** @type {any} */ doc) => !isOfModule(doc));

/** @param {any} file @returns {any} the docstring of the module */
export const moduleDoc = (file) =>
  file.statements.flatMap((/** @type {any} */ { jsDoc = [] }) => jsDoc).find(isOfModule);

/** @param {any} doc */
const isOfModule = (doc) => doc.tags?.some((/** @type {any} */ { tagName }) => tagName.text === "packageDocumentation");

/** @param {any} node @param {string} name @returns {any[]} tags of that name */
export const tagsOf = (node, name) => tagsIn(docOf(node), name);

/** @param {any} doc @param {string} name @returns {any[]} */
const tagsIn = (doc, name) => doc?.tags?.filter((/** @type {any} */ { tagName }) => tagName.text === name) ?? [];

/**
 * @param {string | readonly any[] | undefined} comment of a docstring or of one of its tags
 * @returns {string} as it is written
 */
export function written(comment) {
  if (comment === undefined || typeof comment === "string") return comment ?? "";
  return comment.map((part) => (part.name === undefined ? part.text : part.name.getText())).join("");
}

/** @param {any} doc a docstring @returns {string[]} the code of its examples */
export const examplesIn = (doc) =>
  tagsIn(doc, "example").map((tag) =>
    written(tag.comment)
      .replace(/^```\w*\n|\n?```$/g, "")
      .trim(),
  );
