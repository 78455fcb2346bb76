// Writes js/generated/ from what Rust declares: `npm run generate`. With --check it writes nothing, names the files that are
// out of date and exits with 1.

import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { files, stale } from "./generate/files.mjs";

const TARGET = new URL("../js/generated/", import.meta.url);

const args = process.argv.slice(2);
if (args.length > 1 || (args.length === 1 && args[0] !== "--check")) {
  console.error("usage: node scripts/generate.mjs [--check]");
  process.exit(2);
}
const cargo = spawnSync("cargo", ["run", "--quiet", "--no-default-features", "--bin", "slot-table"], {
  cwd: fileURLToPath(new URL("../", import.meta.url)),
  encoding: "utf8",
  stdio: ["ignore", "pipe", "inherit"],
});
if (cargo.status !== 0) throw new Error("cargo cannot print the slot table", { cause: cargo.error });
const generated = files(JSON.parse(cargo.stdout));
if (args.length === 0) {
  for (const [name, text] of generated) writeFileSync(new URL(name, TARGET), text);
} else {
  const names = stale(TARGET, generated);
  if (names.length > 0) {
    console.error(`out of date in js/generated: ${names.join(", ")}; run \`npm run generate\``);
    process.exitCode = 1;
  }
}
