import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, release, type } from "node:os";
import { join } from "node:path";
import { BENCHMARK, ROOT } from "./root.mjs";

/**
 * What the figures depend on.
 *
 * @param {{ repetitions: number, ms: number }} options
 * @param {string[]} packages folders under node_modules
 */
export function describeMachine(options, packages) {
  const processors = cpus();
  return {
    cpu: `${processors[0].model.trim()}, ${processors.length} cores`,
    os: `${type()} ${release()} ${process.arch}`,
    ...(packages.length > 0 && { packages: packages.map(packageVersion).join(", ") }),
    onescope: `${JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")).version}, commit ${commit()}`,
    run: `${options.repetitions} repetitions, ${options.ms} ms per operation, ${new Date().toISOString().slice(0, 10)}`,
  };
}

/** @param {string} folder */
function packageVersion(folder) {
  const path = join(BENCHMARK, "node_modules", folder, "package.json");
  const { name, version } = JSON.parse(readFileSync(path, "utf8"));
  return `${name} ${version}`;
}

function commit() {
  try {
    const hash = git("rev-parse", "--short=12", "HEAD");
    // Writing one script's results must not mark the next script's as those of a changed checkout.
    const changes = git("status", "--porcelain", "--", ".", ":!benchmark/results");
    return changes === "" ? hash : `${hash} with uncommitted changes`;
  } catch {
    return "unknown";
  }
}

/** @param {string[]} args */
function git(...args) {
  const options = /** @type {const} */ ({ cwd: ROOT, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  return execFileSync("git", args, options).trim();
}
