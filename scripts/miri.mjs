// `npm run miri`: runs the Rust tests of the memory, the store and the recorder under Miri, which finds undefined behaviour.
// Where no nightly toolchain has Miri, it says so and passes. Tests that need what Miri lacks (mapped files, signals) are
// marked with `cfg(miri)`.

import { spawnSync } from "node:child_process";
import { ROOT } from "./setup.mjs";

const MODULES = ["memory::", "store::", "recorder::"];

// Tests read the real clock and write files, and the threads of a store run as long as the process.
const FLAGS = ["-Zmiri-disable-isolation", "-Zmiri-ignore-leaks", process.env.MIRIFLAGS ?? ""];

const installed = spawnSync("cargo", ["+nightly", "miri", "--version"]).status === 0;
if (installed) {
  const args = ["+nightly", "miri", "test", "--no-default-features", "--lib", "--", ...MODULES];
  // A backtrace takes Miri minutes, and some tests panic on purpose.
  const env = { ...process.env, MIRIFLAGS: FLAGS.join(" "), RUST_BACKTRACE: "0" };
  process.exitCode = spawnSync("cargo", args, { cwd: ROOT, env, stdio: "inherit" }).status ?? 1;
} else {
  const install = "rustup toolchain install nightly --component miri --component rust-src";
  console.log(`onescope: Miri is not installed, so nothing was run; to install it: ${install}`);
}
