// Fails where Rust modules import each other in a circle, where the core imports a feature, where something else than the
// binding uses napi, and where a third file allows unsafe code, which Cargo.toml denies. Modules are the entries of src/, and
// those of src/store/ among themselves; tests are left out.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const SRC = fileURLToPath(new URL("../src", import.meta.url));

/** What depends on no feature. All other modules of src/ are features, or compose them. */
const CORE = ["error", "limits", "memory", "store", "sync", "text"];

/** The files that may have unsafe code. */
const UNSAFE = ["binding/external.rs", "memory/system.rs"];

const problems = [];

/**
 * @typedef {{ module: string[], name: string, lines: string[] }} Source a file: the path of its module, and its code
 * @typedef {Map<string, Map<string, string>>} Graph by module, the modules that it imports, and where
 */

/** @returns {Source[]} the library's files, without the root */
function sources() {
  const names = readdirSync(SRC, { recursive: true, encoding: "utf8" }).map((name) => name.replaceAll("\\", "/"));
  const library = names.filter((name) => /\.rs$/.test(name) && !/^(lib|bin\/.*)\.rs$|tests\.rs$/.test(name));
  return library.sort().map((name) => {
    const module = name.replace(/(\/mod)?\.rs$/, "").split("/");
    return { module, name, lines: withoutTests(readFileSync(join(SRC, name), "utf8")) };
  });
}

/** @param {string} text */
function withoutTests(text) {
  // As rustfmt writes it, a module ends with a brace at the start of a line.
  const blank = (/** @type {string} */ tests) => tests.replace(/[^\n]+/g, "");
  const code = text.replace(/^#\[cfg\(test\)\]\nmod \w+ \{\n[\s\S]*?\n\}$/gm, blank);
  return code.split("\n").map((line) => line.replace(/\/\/.*/, ""));
}

/**
 * @param {Source} source
 * @returns {{ path: string[], at: string }[]} the modules that a file names, from the crate's root
 */
function imports({ module, name, lines }) {
  const code = lines.join("\n");
  return [...code.matchAll(/\b(crate|super(?:::super)*)::(\{[^;]*|[\w:]+)/g)].flatMap((match) => {
    const [, root, rest] = match;
    const base = root === "crate" ? [] : module.slice(0, -root.split("::").length);
    const at = `src/${name}:${code.slice(0, match.index).split("\n").length}`;
    const paths = rest.startsWith("{") ? heads(rest.slice(1)) : [rest];
    return paths.map((path) => ({ path: [...base, ...path.split("::")], at }));
  });
}

/** @param {string} group the rest of a list in braces @returns {string[]} what its entries begin with */
function heads(group) {
  let depth = 0;
  let text = "";
  for (const character of group) {
    if (character === "}" && depth-- === 0) break;
    if (character === "{") depth++;
    text += depth > 0 || /[\s{}]/.test(character) ? "" : character;
  }
  return text.split(",").filter(Boolean);
}

/** @param {Graph} graph @param {string} from @param {string} to @param {string} at */
function connect(graph, from, to, at) {
  const edges = graph.get(from) ?? new Map();
  graph.set(from, edges);
  if (from !== to && !edges.has(to)) edges.set(to, at);
}

/** @param {Graph} graph */
function findCircles(graph) {
  const done = new Set();
  const visit = (/** @type {string} */ module, /** @type {string[]} */ path) => {
    if (path.includes(module)) {
      const circle = [...path.slice(path.indexOf(module)), module];
      const steps = circle.slice(1).map((to, index) => `${to} (${graph.get(circle[index])?.get(to)})`);
      problems.push(`modules import each other: ${[module, ...steps].join(" -> ")}`);
    } else if (!done.has(module)) {
      for (const next of graph.get(module)?.keys() ?? []) visit(next, [...path, module]);
      done.add(module);
    }
  };
  for (const module of graph.keys()) visit(module, []);
}

/** @type {Graph} */
const top = new Map();
/** @type {Graph} */
const store = new Map();
const files = sources();
const inStore = new Set(files.filter(({ module }) => module[0] === "store").map(({ module }) => module[1]));
for (const source of files) {
  const [name, inner] = source.module;
  // The folder's own file declares the others.
  if (name === "store" && inner !== undefined) connect(store, "store", inner, "src/store/mod.rs");
  for (const { path, at } of imports(source)) {
    connect(top, name, path[0], at);
    if (CORE.includes(name) && !CORE.includes(path[0])) problems.push(`${at}: ${name} is core, ${path[0]} is not`);
    if (name !== "store" || inner === undefined || path[0] !== "store") continue;
    connect(store, inner, inStore.has(path[1]) ? path[1] : "store", at);
  }
  const napi = source.lines.findIndex((line) => /\bnapi(_derive)?::/.test(line));
  if (name !== "binding" && napi >= 0)
    problems.push(`src/${source.name}:${napi + 1}: napi is used outside of src/binding`);
}
for (const name of readdirSync(SRC, { recursive: true, encoding: "utf8" })) {
  const allows = name.endsWith(".rs") && /allow\([^)]*unsafe_code/.test(readFileSync(join(SRC, name), "utf8"));
  if (allows !== UNSAFE.includes(name))
    problems.push(`src/${name}: ${allows ? "allows" : "does not need"} unsafe code`);
}
findCircles(top);
findCircles(store);
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
