// Links for macOS on other systems, with Rust's own copy of LLVM's linker: zig's keeps what nothing uses, which doubles an addon.

import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { run, TOOLS, ziglang } from "./toolchain.mjs";

/** What programs of macOS link with besides libSystem, and Rust's standard library names. */
const ICONV = `--- !tapi-tbd
tbd-version: 4
targets: [ x86_64-macos, arm64-macos ]
install-name: /usr/lib/libiconv.2.dylib
...
`;

/** @returns {{ flags: string[], environment: Record<string, string> }} for cargo, and flags for rustc */
export function appleLinker() {
  const sdk = join(TOOLS, "apple-sdk");
  const libraries = join(sdk, "usr/lib");
  mkdirSync(libraries, { recursive: true });
  // LLVM refuses a whole file for one processor that it does not know.
  const all = readFileSync(join(ziglang(), "lib/libc/darwin/libSystem.tbd"), "utf8");
  const system = all.replace(/,\s*arm64e\.x1-\w+/g, "");
  for (const name of ["libSystem", "libc", "libm"]) writeFileSync(join(libraries, `${name}.tbd`), system);
  writeFileSync(join(libraries, "libiconv.tbd"), ICONV);
  const rust = dirname(run("rustc", ["--print", "target-libdir"], "rustc is needed").trim());
  const linker = join(sdk, "ld");
  // napi-build's `-Wl` is for a C compiler.
  writeFileSync(
    linker,
    `#!/bin/sh\nfor word; do shift; [ "$word" = -Wl ] || set -- "$@" "$word"; done\nexec '${join(rust, "bin/rust-lld")}' "$@"\n`,
  );
  chmodSync(linker, 0o755);
  return { flags: [`-Clinker=${linker}`, "-Clinker-flavor=ld64.lld"], environment: { SDKROOT: sdk } };
}
