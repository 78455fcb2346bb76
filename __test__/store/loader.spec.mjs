import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { LAYOUT } from "../../js/generated/slot-table.js";
import { describeBinary, faultIn, withFile } from "../../js/store/native/binary.js";
import { libc } from "../../js/store/native/libc.js";
import { PACKAGES } from "../../js/store/native/load.js";
import { PLATFORMS } from "../../js/store/native/platforms.js";
import { ADDON, installOnescope, installPlatform, PLATFORM } from "../_support/installed.mjs";
import { ROOT, runNode } from "../_support/run.mjs";

const PREBUILDS = join(ROOT, "node_modules/@datadog/pprof/prebuilds");

/** What the addon names as its C library. */
const LIBC = PLATFORM.libc === "musl" ? "libc.so" : "libc.so.6";
const OWN = `@onescope/${PLATFORM.name}`;
const ENV = { ONESCOPE_BACKEND: undefined, ONESCOPE_NATIVE_PATH: undefined };

const PROGRAM = `
  import { backend, store } from "onescope";
  console.log(JSON.stringify({ backend, reasons: store.reasons }));
`;

/** @type {string[]} */
const folders = [];
after(() => folders.forEach((folder) => void rmSync(folder, { recursive: true, force: true })));

/** @param {Parameters<typeof installOnescope>[0]} [options] */
function installed(options) {
  const folder = installOnescope(options);
  folders.push(folder);
  return folder;
}

/**
 * @param {string} folder
 * @param {{ flags?: string[], env?: Record<string, string> }} [options]
 * @returns {Promise<{ backend: string, reasons: string[] }>}
 */
async function load(folder, { flags = [], env = {} } = {}) {
  const program = join(folder, "program.mjs");
  writeFileSync(program, PROGRAM);
  const { code, signal, stdout, stderr } = await runNode([...flags, program], { env: { ...ENV, ...env } });
  assert.deepEqual([code, signal], [0, null], stderr);
  return JSON.parse(stdout);
}

/** @param {(bytes: Buffer) => void} change */
function changed(change) {
  const bytes = readFileSync(ADDON);
  change(bytes);
  return bytes;
}

/**
 * @param {Buffer} bytes
 * @param {string} from
 * @param {string} to of the same length
 */
function replaceAll(bytes, from, to) {
  let found = 0;
  for (let at = bytes.indexOf(from); at !== -1; at = bytes.indexOf(from, at + 1), found++)
    bytes.write(to, at, "latin1");
  assert.ok(found > 0, from);
}

test("the addon of an installed package is that of this platform's package", async () => {
  const folder = installed();
  installPlatform(folder);
  assert.deepEqual(await load(folder), { backend: "native", reasons: [] });
});

test("the loader names the package of every platform", () => {
  assert.deepEqual(
    Object.keys(PACKAGES),
    PLATFORMS.map(({ name }) => name),
  );
  for (const [name, load] of Object.entries(PACKAGES)) {
    assert.equal(String(load), `() => require("@onescope/${name}")`);
  }
});

const other = PLATFORMS.find(({ name }) => name !== PLATFORM.name);

/**
 * What stands where the platform's addon should, and the cause that is named.
 *
 * @type {Record<string, { name?: string, addon?: Buffer, platform?: string, flags?: string[], cause: string | RegExp }>}
 */
const CASES = {
  "no package": { cause: `${OWN} is not installed; install onescope on this machine, with optional dependencies` },
  "the package of another platform": {
    platform: other?.name,
    cause: `${OWN} is not installed, but @onescope/${other?.name} is: node_modules is from another machine; install it on this one`,
  },
  "no package, beside a bundle": {
    name: "app",
    cause: `bundled: mark onescope external, or install ${OWN} where the bundle runs`,
  },
  "--no-addons": {
    flags: ["--no-addons"],
    addon: changed(() => {}),
    cause: /: --no-addons disables addons; remove it$/,
  },
  "--permission without --allow-addons": {
    flags: ["--permission", "--allow-fs-read=*"],
    addon: changed(() => {}),
    cause: /: --permission denies addons; set --allow-addons$/,
  },
  "the start of an addon": {
    addon: readFileSync(ADDON).subarray(0, 4096),
    cause: /: the file is truncated: 4096 of at least \d+ bytes; install it again$/,
  },
  "the addon of another package": {
    addon: readFileSync(join(PREBUILDS, `linux-x64/dd_pprof.node.abi${process.versions.modules}.node`)),
    cause: /: another addon, not that of onescope$/,
  },
  "the addon of another version": {
    addon: changed((bytes) => replaceAll(bytes, "dynamicUsageDetected", "dynamicUsageDetectet")),
    cause: new RegExp(
      `: of another version \\(record layout [0-9a-f]{16}, and this package has ${LAYOUT.hash}\\); install both in one version`,
    ),
  },
  "an addon that the system refuses": {
    addon: changed((bytes) => replaceAll(bytes, `${LIBC}\0`, `${LIBC.replace("c", "q")}\0`)),
    cause: /: .*\blibq\.so\b.*: No such file or directory/,
  },
};

for (const [title, { name, addon, platform, flags, cause }] of Object.entries(CASES)) {
  const isSkipped = title === "the addon of another package" && PLATFORM.name !== "linux-x64-gnu";
  test(`${title}: the JavaScript backend, and the cause`, { skip: isSkipped }, async () => {
    const folder = installed({ name });
    if (addon !== undefined || platform !== undefined) installPlatform(folder, { addon, platform });
    const { backend, reasons } = await load(folder, { flags });
    assert.equal(backend, "js");
    assert.equal(reasons.length, 1, reasons.join("\n"));
    if (typeof cause === "string") assert.equal(reasons[0], cause);
    else assert.match(reasons[0], cause);
  });
}

test("a bundle that was built on another machine finds the package where it runs", async () => {
  const folder = installed({ name: "app" });
  const loader = join(folder, "node_modules/onescope/js/store/native/load.js");
  const source = readFileSync(loader, "utf8");
  assert.match(source, /import\.meta\.url/);
  // As webpack does it.
  writeFileSync(
    loader,
    source.replaceAll("import.meta.url", '"file:///built/node_modules/onescope/js/store/native/load.js"'),
  );
  assert.deepEqual((await load(folder)).reasons, [
    `bundled: mark onescope external, or install ${OWN} where the bundle runs`,
  ]);
  installPlatform(folder);
  assert.deepEqual(await load(folder), { backend: "native", reasons: [] });
});

test("where --permission denies to read the addon, the cause says so", async () => {
  const folder = installed();
  installPlatform(folder);
  const flags = [
    "--permission",
    "--allow-addons",
    ...["program.mjs", "node_modules/onescope"].map((path) => `--allow-fs-read=${join(folder, path)}`),
  ];
  const { reasons } = await load(folder, { flags });
  assert.deepEqual(reasons, [`${OWN}: --permission denies to read it; set --allow-fs-read`]);
});

test("what is no file is neither waited for nor read", { skip: process.platform === "win32" }, async () => {
  const folder = installed();
  const pipe = join(folder, "pipe.node");
  execFileSync("mkfifo", [pipe]);
  for (const path of [pipe, folder, "/dev/zero"]) {
    const { reasons } = await load(folder, { env: { ONESCOPE_NATIVE_PATH: path } });
    assert.ok(reasons.includes(`${path}: not a regular file`), reasons.join("\n"));
  }
});

test("an addon of any platform has the length that its header says", () => {
  for (const platform of readdirSync(PREBUILDS)) {
    for (const file of readdirSync(join(PREBUILDS, platform))) {
      const path = join(PREBUILDS, platform, file);
      withFile(path, (read, size) => {
        const { format, arch, end } = describeBinary(read) ?? {};
        assert.deepEqual([`${format}-${arch}`, end], [platform, size], path);
      });
    }
  }
});

test("an addon whose program headers patchelf moved to its end loads", {
  skip: process.platform !== "linux",
}, async () => {
  const bytes = readFileSync(ADDON);
  const [at, length] = [Number(bytes.readBigUInt64LE(32)), bytes.readUInt16LE(54) * bytes.readUInt16LE(56)];
  const moved = Buffer.concat([bytes, Buffer.alloc(-bytes.length & 7), bytes.subarray(at, at + length)]);
  moved.writeBigUInt64LE(BigInt(moved.length - length), 32);
  const folder = installed();
  const path = installPlatform(folder, { addon: moved });
  assert.equal(faultIn(path), undefined);
  assert.deepEqual(await load(folder), { backend: "native", reasons: [] });
  writeFileSync(path, moved.subarray(0, -1));
  assert.match(String(faultIn(path)), /truncated/);
});

test("an addon that is shorter by any number of bytes is refused", () => {
  const path = installPlatform(installed(), { addon: Buffer.alloc(0) });
  const whole = readFileSync(ADDON);
  assert.equal(faultIn(ADDON), undefined);
  for (const length of [0, 1, 3, 4, 20, 63, 64, 200, 5000, whole.length >> 1, whole.length - 1]) {
    writeFileSync(path, whole.subarray(0, length));
    assert.match(String(faultIn(path)), length === 0 ? /empty/ : /truncated|not a native addon/, String(length));
  }
});

test("no byte of a header makes its reader fail", () => {
  for (const platform of readdirSync(PREBUILDS)) {
    const whole = readFileSync(join(PREBUILDS, platform, readdirSync(join(PREBUILDS, platform))[0]));
    for (let at = 0; at < 512; at++) {
      const bytes = Buffer.from(whole.subarray(0, 16_384));
      bytes[at] ^= 0xff;
      try {
        describeBinary((offset, length) => {
          if (offset + length > bytes.length) throw new RangeError();
          return bytes.subarray(offset, offset + length);
        });
      } catch (error) {
        assert.ok(error instanceof RangeError, String(error));
      }
    }
  }
});

test("an addon of another platform is refused", { skip: PLATFORM.name !== "linux-x64-gnu" }, () => {
  const of = (/** @type {string} */ platform) => {
    const [file] = readdirSync(join(PREBUILDS, platform));
    return faultIn(join(PREBUILDS, platform, file));
  };
  for (const platform of ["linux-arm64", "darwin-arm64", "darwin-x64", "win32-x64"]) {
    assert.equal(of(platform), `built for ${platform}, and this is linux-x64; install it on this machine`);
  }
});

test("the C library is that of the running process", { skip: process.platform !== "linux" }, () => {
  const { header } = /** @type {any} */ (process.report.getReport());
  assert.equal(libc(), header.glibcVersionRuntime === undefined ? "musl" : "gnu");
});
