// `npm run test:platforms`: see USAGE.

import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { addonPath } from "../js/store/native/load.js";
import { PLATFORMS } from "../js/store/native/platforms.js";
import { pack } from "./pack.mjs";
import { ADDONS, addonIn, platformNamed } from "./platforms/addons.mjs";
import { hostFor, whyNotHere } from "./platforms/hosts.mjs";
import { packageName } from "./platforms/manifests.mjs";
import { ROOT } from "./setup.mjs";

/** @import { Platform } from "../js/store/native/platforms.js" */

/** Folders of specs that use the addon. An emulated processor is twenty times slower, so it runs the first ones only. */
const EMULATED = ["store", "request", "recorder"];
const NATIVE = [...EMULATED, "async-context", "tracking", "watchdog", "leaks", "diagnostics", "opentelemetry"];

/** @datadog/pprof takes this machine for one with glibc, and loads an addon that musl cannot. */
const READS_FRAMES = "/frame-readers.spec.mjs";

const USAGE = `usage: npm run test:platforms [-- --target TARGET]... [--spec PART]

Tests the addons in addons/, each on a Node and a C library of its platform, which it downloads into target/build-tools: first the
packages, installed in an empty folder, then specs, on Linux x64 those in __test__/{${NATIVE.join(",")}},
on an emulated processor those in __test__/{${EMULATED.join(",")}}. It says what was left out. It needs Debian on x64, and the network.

  --target TARGET  only this platform, by its name or as Rust names it; can be repeated
  --spec PART      only specs with this in their path, from all of these folders`;

/**
 * @param {Platform} platform
 * @param {string | undefined} part of the paths of specs
 * @returns {{ failed: boolean, result: string }}
 */
function testPlatform(platform, part) {
  const addon = addonIn(ADDONS, platform);
  const why = whyNotHere(platform) ?? (existsSync(addon) ? undefined : "no addon; npm run build:platforms makes it");
  if (why !== undefined) return { failed: false, result: `left out: ${why}` };
  const { node, description, emulated } = hostFor(platform);
  const version = spawnSync(node, ["--version"], { encoding: "utf8" }).stdout.trim();
  const packages = testPackages(platform, node);
  const folders = emulated && part === undefined ? EMULATED : NATIVE;
  const specs = withAddonBesideLoader(platform, addon, () => testSpecs(node, platform, folders, part));
  return {
    failed: packages !== undefined || specs.failed > 0 || specs.passed === 0,
    result: `Node ${version}, ${description}; packages: ${packages ?? "passed"}; specs in ${folders.join(", ")}: ${specs.passed} passed, ${specs.failed} failed, ${specs.skipped} skipped`,
  };
}

/**
 * Installs the packages in an empty folder, and runs a program there that uses all of onescope.
 *
 * @param {Platform} platform
 * @param {string} node
 * @returns {string | undefined} what went wrong
 */
function testPackages(platform, node) {
  const app = mkdtempSync(join(realpathSync(tmpdir()), "onescope-platform-"));
  try {
    const packed = join(app, "packed");
    pack({ platforms: [platform], out: packed });
    for (const name of ["onescope", packageName(platform)]) {
      cpSync(join(packed, name), join(app, "node_modules", name), { recursive: true });
    }
    const width = "fast-string-truncated-width";
    cpSync(join(ROOT, "node_modules", width), join(app, "node_modules", width), { recursive: true });
    for (const name of ["in-runtime.mjs", "in-runtime-worker.mjs"]) {
      copyFileSync(join(ROOT, "__test__/_support", name), join(app, name));
    }
    const { status, signal, stdout, stderr } = spawnSync(node, ["in-runtime.mjs", join(app, "flights")], {
      cwd: app,
      encoding: "utf8",
      env: { ...process.env, NODE_OPTIONS: "", ONESCOPE_BACKEND: "native" },
    });
    if (status !== 0) return `exit code ${status ?? signal}\n${stderr}`;
    const { requests, shown, flight } = JSON.parse(/** @type {string} */ (stdout.trim().split("\n").at(-1)));
    const works =
      requests.includes("GET /seen") && shown && existsSync(flight) && stderr.includes('"onescope":"stall"');
    return works ? undefined : `a feature does not work\n${stdout}${stderr}`;
  } finally {
    rmSync(app, { recursive: true });
  }
}

/**
 * Puts an addon where a checkout has its own, which is there again afterwards.
 *
 * @template T
 * @param {Platform} platform
 * @param {string} addon
 * @param {() => T} call
 * @returns {T}
 */
function withAddonBesideLoader({ name }, addon, call) {
  const beside = addonPath(name);
  const kept = `${beside}.kept`;
  const hasOwn = existsSync(beside);
  if (hasOwn) renameSync(beside, kept);
  copyFileSync(addon, beside);
  try {
    return call();
  } finally {
    rmSync(beside);
    if (hasOwn) renameSync(kept, beside);
  }
}

/**
 * @param {string} node
 * @param {Platform} platform
 * @param {string[]} folders
 * @param {string} [part]
 * @returns {{ passed: number, failed: number, skipped: number }}
 */
function testSpecs(node, { libc }, folders, part = "") {
  const specs = folders
    .flatMap((folder) => readdirSync(join(ROOT, "__test__", folder)).map((name) => `__test__/${folder}/${name}`))
    .filter((path) => path.endsWith(".spec.mjs") && path.includes(part))
    .filter((path) => libc !== "musl" || !path.endsWith(READS_FRAMES));
  const results = mkdtempSync(join(realpathSync(tmpdir()), "onescope-platform-"));
  try {
    const tap = join(results, "tap.txt");
    const reporters = ["spec", "stdout", "tap", tap].map(
      (value, n) => `--test-reporter${n % 2 ? "-destination" : ""}=${value}`,
    );
    const limits = ["--test-timeout=900000", "--test-concurrency=2"];
    spawnSync(node, ["--expose-gc", "--test", ...limits, ...reporters, ...specs], {
      cwd: ROOT,
      stdio: "inherit",
      env: {
        ...process.env,
        NODE_OPTIONS: "",
        ONESCOPE_BACKEND: "native",
        TEST_FRAMES: "true",
      },
    });
    const text = readFileSync(tap, "utf8");
    const count = (/** @type {string} */ what) => Number(text.match(new RegExp(`^# ${what} (\\d+)$`, "m"))?.[1] ?? 0);
    return { passed: count("pass"), failed: count("fail") + count("cancelled"), skipped: count("skipped") };
  } finally {
    rmSync(results, { recursive: true });
  }
}

try {
  const { values } = parseArgs({
    options: {
      target: { type: "string", multiple: true, default: [] },
      spec: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
  } else {
    const platforms = values.target.length === 0 ? PLATFORMS : values.target.map(platformNamed);
    const results = [];
    for (const platform of platforms) {
      console.log(`\n# ${platform.name}`);
      const started = Date.now();
      const { failed, result } = testPlatform(platform, values.spec);
      results.push(`${platform.name}: ${result} (${Math.round((Date.now() - started) / 1000)} s)`);
      console.log(results.at(-1));
      if (failed) process.exitCode = 1;
    }
    console.log(`\n${results.join("\n")}`);
  }
} catch (error) {
  console.error(`onescope: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}
