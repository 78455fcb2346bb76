// What rustc is called with besides the profile in Cargo.toml.

import { spawnSync } from "node:child_process";
import { homedir } from "node:os";
import { join } from "node:path";

/**
 * The environment of a build whose addon names no folder of the machine that built it: panic messages hold paths of sources.
 *
 * @param {{ flags?: string[] }} [options] further flags of rustc
 * @returns {Record<string, string>}
 */
export function buildEnvironment({ flags = [] } = {}) {
  const home = homedir();
  const cargoHome = process.env.CARGO_HOME ?? join(home, ".cargo");
  const sysroot = spawnSync("rustc", ["--print", "sysroot"], { encoding: "utf8" }).stdout?.trim();
  // Of several that match, rustc takes the last.
  const folders = [
    [home, "/home"],
    [cargoHome, "/cargo"],
    [join(cargoHome, "registry/src"), "/crates"],
    ...(sysroot ? [[join(sysroot, "lib/rustlib/src/rust"), "/rust"]] : []),
  ];
  const remap = folders.map(([from, to]) => `--remap-path-prefix=${from}=${to}`);
  const given = (process.env.RUSTFLAGS ?? "").split(" ").filter((flag) => flag !== "");
  return { CARGO_ENCODED_RUSTFLAGS: [...given, ...remap, ...flags].join("\u001f") };
}
