import { existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hashOf, install, node24, run, step } from "../../scripts/setup.mjs";
import { BENCHMARK, ROOT } from "../_util/root.mjs";

const APP = join(BENCHMARK, "others/next");
const PACKAGES = join(ROOT, "__test__/bundlers");
const BIN = join(APP, "node_modules/next/dist/bin/next");
const MARKER = join(APP, ".next/.built-from");
const env = { NEXT_TELEMETRY_DISABLED: "1", NO_COLOR: "1" };

/** What starts it: arguments of Node, after its flags. */
export const next = { args: [BIN, "start", "-H", "127.0.0.1", "-p", "0"], cwd: APP, env };

/** Whether there is a build of what the app is now. */
export function isNextBuilt() {
  return existsSync(BIN) && existsSync(MARKER) && readFileSync(MARKER, "utf8") === hash();
}

/** Builds the app if that is out of date. Its packages are those that the bundlers' specs have: they are large. */
export function buildNext() {
  install(PACKAGES);
  const link = join(APP, "node_modules");
  if (!existsSync(link)) symlinkSync(join(PACKAGES, "node_modules"), link, "junction");
  if (isNextBuilt()) return;
  step("building the Next.js app of the benchmark");
  run(node24(), [BIN, "build"], APP, { ...env, NODE_ENV: "production" });
  writeFileSync(MARKER, hash());
}

function hash() {
  return hashOf([APP, join(BENCHMARK, "others/step.mjs"), join(PACKAGES, "package-lock.json")]);
}
