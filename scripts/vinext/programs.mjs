import { cpSync, globSync, mkdirSync, readdirSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { run } from "node:test";
import { EXAMPLE, ROOT } from "../setup.mjs";

// Runs the specs that compare onescope's modules with vinext's on a release: in a copy of the project that has the release
// installed, so that specs and modules find it where they import vinext from.

/** What the copy has of the project. */
const COPIED = ["js", "shims", "scripts", "__test__", "package.json", "tsconfig.json", "tsconfig.shims.json"];

/** Random programs, and fixed ones, on both variants. */
const SPECS = ["__test__/shims/*.spec.mjs", "__test__/request/request-context*.spec.mjs"];

/**
 * @typedef {object} Failure
 * @property {string} spec path of the file
 * @property {string} name of the test
 * @property {string} message with the first step that differs, for a program
 */

/**
 * @param {string} release folder of the package
 * @param {{ project: string, only?: string, progress?: (line: string) => void }} options where the copy goes; a part of a
 *   spec's path
 * @returns {Promise<{ passed: number, failures: Failure[] }>}
 */
export async function runPrograms(release, { project, only = "", progress = () => {} }) {
  const root = copyProject(release, project);
  const files = globSync(SPECS, { cwd: root })
    .filter((path) => path.includes(only))
    .sort();
  progress(`running ${files.length} specs with programs for both variants`);
  let passed = 0;
  let ended = 0;
  /** @type {Failure[]} */
  const failures = [];
  /** @type {Map<string, string>} what files print as they fail, by path */
  const printed = new Map();
  const stream = run({ files: files.map((path) => join(root, path)), cwd: root, concurrency: 2 });
  for await (const { type, data } of /** @type {AsyncIterable<any>} */ (stream)) {
    const spec = data.file === undefined ? "" : relative(root, data.file);
    if (type === "test:pass") passed++;
    else if (type === "test:stderr") printed.set(spec, `${printed.get(spec) ?? ""}${data.message}`);
    else if (type === "test:fail") failures.push(failure(spec, data, printed.get(spec)));
    else if (type === "test:summary" && spec !== "") progress(`  ${++ended} of ${files.length}: ${spec}`);
  }
  return { passed, failures };
}

/**
 * @param {string} spec
 * @param {any} data of the event
 * @param {string} [printed]
 * @returns {Failure}
 */
function failure(spec, { name, details }, printed = "") {
  // A file that fails as a whole is a test of its own: what went wrong is what it printed.
  if (name.endsWith(spec)) return { spec, name: "the file", message: withoutStack(printed) || details.error.message };
  const messages = [];
  for (let error = details.error.cause; error !== undefined; error = error.cause) messages.push(error.message ?? error);
  // The first step that differs, then fast-check's words on the program.
  return { spec, name, message: messages.reverse().join("\n") };
}

/** @param {string} printed */
function withoutStack(printed) {
  const lines = printed
    .split("\n")
    .filter((line) => line.trim() !== "" && !/^ +at |^ +\^$|^node:|^Node\.js /.test(line));
  return lines.join("\n");
}

/**
 * @param {string} release
 * @param {string} project
 * @returns {string} the copy's folder
 */
function copyProject(release, project) {
  rmSync(project, { recursive: true, force: true });
  mkdirSync(project, { recursive: true });
  const root = realpathSync(project);
  const copied = (/** @type {string} */ path) => !/^(node_modules|dist.*|\..+)$/.test(basename(path));
  for (const name of COPIED) cpSync(join(ROOT, name), join(root, name), { recursive: true, filter: copied });
  for (const folder of [ROOT, EXAMPLE]) {
    const packages = join(root, relative(ROOT, folder), "node_modules");
    mkdirSync(packages, { recursive: true });
    for (const name of readdirSync(join(folder, "node_modules"))) {
      if (name.startsWith(".") || name === "vinext") continue;
      symlinkSync(join(folder, "node_modules", name), join(packages, name), "junction");
    }
    symlinkSync(release, join(packages, "vinext"), "junction");
  }
  return root;
}
