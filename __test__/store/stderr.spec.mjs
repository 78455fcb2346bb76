import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync } from "node:fs";
import { text } from "node:stream/consumers";
import { describe, test } from "node:test";
import { backend } from "../../js/index.js";
import { inheritedFlags, ROOT } from "../_support/run.mjs";

// Node's `process.stderr` emits an error, which ends a process that does not listen, if what is written there cannot be written.

/** @type {Record<string, () => number | "pipe">} what such a stderr is */
const BROKEN = {
  "a pipe that nobody reads": () => "pipe",
  ...(existsSync("/dev/full") && { "a full disk": () => openSync("/dev/full", "w") }),
};

/** Prints that the process still runs when all that onescope wrote is through. */
const ALIVE = `setTimeout(() => { console.log("alive"); process.exit(); }, 300);`;

/** @type {Record<string, { source: string, env?: Record<string, string>, flags?: string[], skip?: boolean }>} */
const PROGRAMS = {
  "the line about the JavaScript backend": {
    source: `import { watch } from "onescope/inspect"; watch(); ${ALIVE}`,
    env: { ONESCOPE_BACKEND: "js" },
  },
  "the line about the JavaScript backend, in a program that knows nothing of onescope": {
    source: `import { createServer } from "node:http"; createServer().listen(0); ${ALIVE}`,
    env: { ONESCOPE_BACKEND: "js" },
    flags: ["--import=onescope/auto"],
  },
  "the lines about a blocked thread": {
    source: `import { watch } from "onescope/inspect";
      watch({ thresholdMs: 100 });
      setTimeout(() => { for (const end = Date.now() + 500; Date.now() < end; ); ${ALIVE} }, 100);`,
    skip: backend !== "native",
  },
  "process warnings, and then a line of the program": {
    source: `import { watch, record } from "onescope/inspect";
      watch(); watch();
      setTimeout(() => record({ directory: "package.json" }), 50);
      setTimeout(() => console.error("of the program"), 100);
      ${ALIVE}`,
    skip: backend !== "native",
  },
};

describe("no line of onescope ends a process whose stderr is broken", () => {
  for (const [what, { source, env, flags = [], skip = false }] of Object.entries(PROGRAMS)) {
    for (const [name, open] of Object.entries(BROKEN)) {
      test(`${what}: ${name}`, { skip }, async () => {
        const stderr = open();
        const args = [...inheritedFlags(), ...flags, "--input-type=module", "--eval", source];
        const child = spawn(process.execPath, args, {
          cwd: ROOT,
          env: { ...process.env, NODE_OPTIONS: "", NODE_TEST_CONTEXT: undefined, ONESCOPE_RUNTIME_DIR: "off", ...env },
          stdio: ["ignore", "pipe", stderr],
        });
        child.stderr?.destroy();
        if (typeof stderr === "number") closeSync(stderr);
        assert.equal(await text(/** @type {import("node:stream").Readable} */ (child.stdout)), "alive\n");
      });
    }
  }
});
