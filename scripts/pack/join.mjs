// `node join.mjs FOLDER`: joins the modules that `onescope/register` loads at once into two files of the staged package. Node takes
// longer to find and to load twenty files than V8 takes to compile them, and every process pays that before the program starts.
//
// Each module stays where it is, as one that exports what the joined file has: the rest of the package, and what others import,
// does not change.
//
// Two files, because loading one module of a file evaluates all of them: what edge runtimes load too is apart from the rest, which
// imports modules that they do not have.

import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { rolldown } from "rolldown";
import { compact } from "./compact.mjs";

const ENTRY = "register.js";
/** What edge runtimes load. */
const EDGE = ["index.js", "store/host/workerd.js"];
/** A bundle reads in its text which layout an installed package has (js/util/package-folder.js). */
const APART = "generated/slot-table.js";

// Paths of imports are right only if names are relative to the folder that all modules are in.
const folder = resolve(process.argv[2], "js");
const path = (/** @type {string} */ name) => join(folder, name);
const name = (/** @type {string} */ id) => id.slice(folder.length + 1);

const joined = await loadedAtOnce([ENTRY]);
joined.delete(path(APART));
const onEdge = await loadedAtOnce(EDGE);
const build = await rolldown({
  input: Object.fromEntries([...joined].map((id) => [name(id).replace(/\.js$/, ""), id])),
  platform: "node",
  external: (id, _importer, isResolved) => isResolved && !joined.has(id),
  preserveEntrySignatures: "strict",
});
const { output } = await build.generate({
  dir: folder,
  format: "esm",
  entryFileNames: "[name].js",
  chunkFileNames: "[name].js",
  codeSplitting: {
    groups: [
      {
        debugName: "joined",
        // Not the entry: what it does must not happen where another of the modules is imported.
        name: (id) => (id === path(ENTRY) ? null : onEdge.has(id) ? "joined/core" : "joined/register"),
      },
    ],
  },
});
await build.close();
mkdirSync(path("joined"), { recursive: true });
for (const file of output) {
  if (file.type !== "chunk") throw new Error(`${file.fileName} is no module`);
  writeFileSync(path(file.fileName), compact(file.code));
}

/**
 * @param {string[]} entries
 * @returns {Promise<Set<string>>} paths of the entries and of all that they import statically, directly or not
 */
async function loadedAtOnce(entries) {
  /** @type {Map<string, readonly string[]>} */
  const imports = new Map();
  const parse = await rolldown({
    input: entries.map(path),
    platform: "node",
    plugins: [{ name: "imports", moduleParsed: ({ id, importedIds }) => void imports.set(id, importedIds) }],
    // Those that `imports` in the manifest chooses by condition.
    external: /^#/,
  });
  await parse.generate();
  await parse.close();
  const found = new Set(entries.map(path));
  for (const id of found) for (const imported of imports.get(id) ?? []) if (imports.has(imported)) found.add(imported);
  return found;
}
