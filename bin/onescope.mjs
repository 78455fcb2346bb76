#!/usr/bin/env node
// The command `onescope`. What an old Node cannot load is imported only after a check of its version.

const OLDEST = 22;

if (Number.parseInt(process.versions.node, 10) < OLDEST) {
  console.error(
    `onescope needs Node ${OLDEST} or later, and this is ${process.version}: install a newer one from https://nodejs.org, ` +
      "or choose one that is installed with your version manager",
  );
  process.exitCode = 1;
} else {
  const { main } = await import("../js/cli/main.js");
  process.exitCode = await main(process.argv.slice(2));
}
