import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { PLATFORMS } from "../../js/store/native/platforms.js";
import { hostPlatform } from "../../scripts/platforms/addons.mjs";
import { checkAddon, pathsIn } from "../../scripts/platforms/check-addon.mjs";
import { ADDON } from "../../scripts/setup.mjs";

const addon = readFileSync(ADDON);
const platform = hostPlatform();

const problems = (/** @type {Buffer} */ bytes, of = platform) => checkAddon(of, bytes).problems;

test("the addon of this machine names none of its folders", () => {
  assert.deepEqual(pathsIn(addon.toString("latin1")), []);
});

test("an addon with a folder of the machine that built it is refused", () => {
  for (const path of [join(homedir(), "x.rs"), "/opt/.cargo/registry/src/x/lib.rs", "C:\\Users\\me\\.cargo\\x.rs"]) {
    const found = problems(Buffer.concat([addon, Buffer.from(`\0${path}\0`)])).join();
    assert.ok(found.includes(`it names folders of the machine that built it, such as ${path}`), found);
  }
});

test("an addon for another platform is refused, and so is one that was cut short", () => {
  for (const other of PLATFORMS.filter(
    ({ arch, platform: os }) => arch !== platform.arch || os !== platform.platform,
  )) {
    assert.ok(problems(addon, other).includes(`it is no library for ${other.name}`), other.name);
  }
  assert.ok(problems(addon.subarray(0, 200_000)).includes(`it is no library for ${platform.name}`));
});

test("an addon that needs a new glibc is refused, and one with any glibc where musl is", () => {
  const [gnu, musl] = ["gnu", "musl"].map((libc) => ({ ...platform, libc: /** @type {"gnu" | "musl"} */ (libc) }));
  const plain = Buffer.from(addon.toString("latin1").replaceAll("\0GLIBC_", "\0GLIBX_"), "latin1");
  const needing = (/** @type {string} */ version) => Buffer.concat([plain, Buffer.from(`\0GLIBC_${version}\0`)]);
  assert.deepEqual(problems(needing("2.17"), gnu), []);
  assert.deepEqual(problems(needing("2.9"), gnu), []);
  assert.deepEqual(problems(needing("2.18"), gnu), ["it needs glibc 2.18, and 2.17 is the newest allowed"]);
  assert.deepEqual(problems(plain, gnu), ["it does not use glibc"]);
  assert.deepEqual(problems(needing("2.17"), musl), ["it needs glibc 2.17"]);
});
