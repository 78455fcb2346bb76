import { execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

// Read off the modules at each call, as an application does that loads them before `watch()` begins.
const fs = process.getBuiltinModule("node:fs");
const crypto = process.getBuiltinModule("node:crypto");
const zlib = process.getBuiltinModule("node:zlib");
const childProcess = process.getBuiltinModule("node:child_process");

/** Longer than any case takes. */
const FOREVER_MS = 3_600_000;

/** A call is measured with the first size that takes as long as this: the engine is warm then. */
const MEASURED_MS = 100;

/**
 * What blocks a thread. `make` prepares a call that blocks for about `ms`, or as long as it takes; `sized` ones
 * are measured first. `forever` is false where no input of reasonable size takes long enough.
 *
 * @type {Record<string, { make: (ms: number) => () => void, forever: boolean }>}
 */
export const BLOCKS = {
  "JavaScript loop": {
    forever: true,
    make: (ms) => () => {
      const end = Date.now() + ms;
      while (Date.now() < end);
    },
  },
  "catastrophic regex": {
    forever: true,
    make: (ms) => {
      const match = (/** @type {number} */ size) => void /^(a+)+$/.test(`${"a".repeat(size)}b`);
      // Each letter doubles the time; what is for ever need not be measured.
      let size = 40;
      if (ms < FOREVER_MS) for (size = 22; timeOf(() => match(size)) < 0.75 * ms; ) size++;
      return () => match(size);
    },
  },
  "JSON.parse of 50 MB": {
    forever: false,
    make: () => {
      const item = '{"id":12345,"at":{"x":1.5,"y":[2.5,"a\\n"]}}';
      const text = `[${Array(Math.ceil(50e6 / (item.length + 1)))
        .fill(item)
        .join(",")}]`;
      return () => void JSON.parse(text);
    },
  },
  "Atomics.wait": {
    forever: true,
    make: (ms) => () => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms),
  },
  execSync: {
    forever: true,
    make: (ms) => () => void childProcess.execSync(`sleep ${ms / 1000}`),
  },
  "readFileSync on a FIFO": {
    forever: true,
    make: (ms) => {
      const path = join(mkdtempSync(join(tmpdir(), "onescope-fifo-")), "fifo");
      execFileSync("mkfifo", [path]);
      return () => {
        if (ms < FOREVER_MS) spawn("sh", ["-c", `sleep ${ms / 1000}; : > "${path}"`], { stdio: "ignore" });
        fs.readFileSync(path);
      };
    },
  },
  scryptSync: {
    forever: true,
    make: (ms) =>
      sized(ms, 1, (p) => void crypto.scryptSync("secret", "salt", 32, { N: 2 ** 13, r: 8, p, maxmem: 2 ** 31 })),
  },
  pbkdf2Sync: {
    forever: true,
    make: (ms) => sized(ms, 10_000, (iterations) => void crypto.pbkdf2Sync("secret", "salt", iterations, 32, "sha512")),
  },
  "zlib.gzipSync": {
    forever: false,
    make: (ms) => {
      const data = randomBytes(64e6);
      return sized(ms, 500_000, (bytes) => void zlib.gzipSync(data.subarray(0, bytes)));
    },
  },
};

/**
 * @param {string} kind
 * @param {number} [ms] for ever, if not given
 */
export function blocker(kind, ms = FOREVER_MS) {
  return BLOCKS[kind].make(ms);
}

/**
 * @param {() => void} call
 * @returns {number} milliseconds of processor, which a busy machine does not stretch
 */
function timeOf(call) {
  const before = process.cpuUsage();
  call();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/**
 * A call whose time grows with its size, sized so that it takes about `ms`.
 *
 * @param {number} ms
 * @param {number} least
 * @param {(size: number) => void} call
 */
function sized(ms, least, call) {
  let size = least;
  let took = 0;
  while ((took = timeOf(() => call(size))) < MEASURED_MS) size *= 2;
  size = Math.min(2 ** 31 - 1, Math.ceil((size * ms) / took));
  return () => call(size);
}
