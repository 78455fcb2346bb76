// `node join-cli.mjs FOLDER`: makes few files of the command line's modules in the staged package, one for each command and some for
// what commands share. Nothing else imports them, and one by one they take up a third more of the archive.

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { rolldown } from "rolldown";

// Paths of imports are right only if names are relative to the folder that all modules are in.
const folder = resolve(process.argv[2], "js/cli");

const build = await rolldown({
  input: { main: join(folder, "main.js") },
  platform: "node",
  external: (id, _importer, isResolved) => isResolved && !id.startsWith(join(folder, "/")),
});
const { output } = await build.generate({
  dir: folder,
  format: "esm",
  entryFileNames: "[name].js",
  chunkFileNames: "[name].js",
  // Not in the rest of the package, whose names stand in the program's stack traces.
  minify: { compress: false, mangle: true, codegen: true },
});
await build.close();
for (const file of output) if (file.type !== "chunk") throw new Error(`${file.fileName} is no module`);
rmSync(folder, { recursive: true });
mkdirSync(folder);
for (const file of output) if (file.type === "chunk") writeFileSync(join(folder, file.fileName), file.code);
