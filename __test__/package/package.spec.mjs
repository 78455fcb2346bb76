import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { test } from "node:test";
import { compact } from "../../scripts/pack/compact.mjs";
import { ROOT, runNode } from "../_support/run.mjs";

const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
const entries = Object.entries(manifest.exports)
  .filter(([, target]) => target !== null && typeof target === "object")
  .flatMap(([entry, target]) => (entry.includes("*") ? matches(entry, target) : [[entry, target]]));

/** Whether a pattern of the manifest keeps this entry from being imported. */
function isHidden(entry) {
  return Object.entries(manifest.exports).some(([pattern, target]) => {
    return target === null && entry.startsWith(pattern.slice(0, pattern.indexOf("*")));
  });
}

/** The entries that a pattern of the manifest stands for: one per module. */
function matches(pattern, { types, default: file }) {
  const [folder, extension] = file.split("*");
  const names = readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(extension))
    .map((name) => name.slice(0, -extension.length))
    .filter((name) => !isHidden(pattern.replace("*", name)));
  assert.ok(names.length > 0, pattern);
  return names.map((name) => [
    pattern.replace("*", name),
    { types: types.replace("*", name), default: file.replace("*", name) },
  ]);
}

const specifier = (entry) => posix.join(manifest.name, entry);
const source = (path) => readFileSync(join(ROOT, path), "utf8");

/** Names of the values that a declaration file exports, itself or through other files of ours. */
function declaredValues(path) {
  const text = source(path).replaceAll(/\/\*.*?\*\//gs, "");
  // A drop-in's types are those of the module that it replaces.
  const [, sameAs] = /^export \{([^}]*)\} from "vinext\/shims\/[^"]+";\s*$/.exec(text) ?? [];
  if (sameAs !== undefined) return new Set(sameAs.match(/\w+/g));
  assert.doesNotMatch(text, /export \{ *[^}\s]/, `${path} declares each name where it exports it`);
  const files = [...text.matchAll(/^export \* from "(\.\/[^"]+)\.js";$/gm)].map(([, to]) => `${to}.d.ts`);
  assert.equal(text.match(/export \*/g)?.length ?? 0, files.length, `${path}: only of declarations beside it`);
  const others = files.flatMap((file) => [...declaredValues(posix.join(posix.dirname(path), file))]);
  const names = text.matchAll(/^export (default )?(?:declare )?(?:const|function|class) (\w+)/gm);
  const own = [...names].map(([, isDefault, name]) => (isDefault === undefined ? name : "default"));
  return new Set([...own, ...others]);
}

/** Imports of a module from the package itself, of every form that the package uses, in declarations also for types. */
function imported(path) {
  const text = /\.[mc]?js$/.test(path) ? compact(source(path)) : source(path);
  const found = text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*["']([.#][^"']+)["']/g);
  return [...found].flatMap(([, to]) =>
    to.startsWith("#")
      ? Object.values(manifest.imports[to]).map((target) => posix.normalize(target))
      : [posix.join(posix.dirname(path), to)],
  );
}

/** The file and all that it needs. */
function closure(path, seen = new Set()) {
  if (seen.has(path)) return seen;
  seen.add(path);
  for (const to of imported(path)) {
    if (existsSync(join(ROOT, to))) closure(to, seen);
    const types = to.replace(/\.js$/, ".d.ts");
    if (existsSync(join(ROOT, types))) closure(types, seen);
    assert.ok(existsSync(join(ROOT, to)) || existsSync(join(ROOT, types)), `${path} imports ${to}`);
  }
  return seen;
}

for (const [entry, { types, default: file }] of entries) {
  test(`${specifier(entry)} has a type for every export, and every declared export exists`, async () => {
    // In a process of its own, for `register` changes the one that loads it.
    const print = `import * as entry from "${specifier(entry)}"; console.log(JSON.stringify(Object.keys(entry)));`;
    const { code, stdout, stderr } = await runNode(["--input-type=module", "--eval", print]);
    assert.equal(code, 0, stderr);
    assert.deepEqual([...declaredValues(types)].sort(), JSON.parse(stdout).sort());
    assert.ok(existsSync(join(ROOT, file)));
  });
}

test("the manifest itself can be required, and nothing that is not listed can be", async () => {
  const print = `
    import manifest from "onescope/package.json" with { type: "json" };
    const hidden = ["onescope/js/store/records.js", "onescope/shims/headers/state"];
    const codes = hidden.map((name) => import(name).catch((error) => error.code));
    console.log(JSON.stringify([manifest.name, ...(await Promise.all(codes))]));
  `;
  const { stdout, stderr } = await runNode(["--input-type=module", "--eval", print]);
  assert.deepEqual(
    JSON.parse(stdout || "null"),
    ["onescope", ...Array(2).fill("ERR_PACKAGE_PATH_NOT_EXPORTED")],
    stderr,
  );
});

test("the main package holds every file that its entries need, no Rust, no addon and no test", () => {
  const [pack] = JSON.parse(
    execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
      cwd: ROOT,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }),
  );
  const packed = new Set(pack.files.map(({ path }) => path));
  for (const [, targets] of entries) {
    for (const target of Object.values(targets)) {
      for (const path of closure(posix.normalize(target))) assert.ok(packed.has(path), `${path} is not in the package`);
    }
  }
  for (const path of ["package.json", "README.md", "LICENSE"]) assert.ok(packed.has(path), path);
  const unwanted = [...packed].filter(
    (path) => !/^(bin|js|shims)\/.*\.([mc]?js|d\.ts)$|^[^/]*\.(json|md|d\.ts)$|^LICENSE$/.test(path),
  );
  assert.deepEqual(unwanted, []);
});

test("Yarn's Plug'n'Play keeps the package on disk, where the thread that probes has no loader for archives", () => {
  assert.equal(manifest.preferUnplugged, true);
});
