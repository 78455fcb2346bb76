import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { evalJson, runNode } from "../_support/run.mjs";

const PRINT = `
  import { backend, store } from "./js/index.js";
  console.log(JSON.stringify({ backend, reasons: store.reasons }));
`;
const NO_ADDON = join(tmpdir(), "no-such-addon.node");

test("each backend can be forced, and the other is never taken instead", async () => {
  assert.deepEqual(await evalJson(PRINT, { env: { ONESCOPE_BACKEND: "native" } }), { backend: "native", reasons: [] });
  const js = await evalJson(PRINT, { env: { ONESCOPE_BACKEND: "js" } });
  assert.equal(js.backend, "js");
  assert.match(js.reasons[0], /ONESCOPE_BACKEND=js/);
});

test("without an addon the js backend is taken, and says why", async () => {
  const env = { ONESCOPE_BACKEND: undefined, ONESCOPE_NATIVE_PATH: NO_ADDON };
  const { backend, reasons } = await evalJson(PRINT, { env });
  assert.equal(backend, "js");
  assert.ok(reasons[0].includes(NO_ADDON), reasons[0]);
});

test("requiring native where it cannot load is an error that lists the cause and the way out", async () => {
  const broken = join(mkdtempSync(join(tmpdir(), "onescope-")), "broken.node");
  writeFileSync(broken, "not a library");
  for (const path of [NO_ADDON, broken]) {
    const env = { ONESCOPE_BACKEND: "native", ONESCOPE_NATIVE_PATH: path };
    const { code, stderr } = await runNode(["--input-type=module", "--eval", PRINT], { env });
    assert.notEqual(code, 0);
    assert.match(stderr, /ERR_ONESCOPE_BACKEND/);
    assert.ok(stderr.includes(path), stderr);
    assert.match(stderr, /unset ONESCOPE_BACKEND/);
  }
});

test("any other value of ONESCOPE_BACKEND is ignored, which one line of the process says", async () => {
  const program = `
    import { Worker } from "node:worker_threads";
    import { backend } from "./js/index.js";
    console.log(backend);
    const load = 'import("./js/index.js")';
    for (let n = 0; n < 2; n++) await new Promise((resolve) => new Worker(load, { eval: true }).on("exit", resolve));
  `;
  const args = ["--input-type=module", "--eval", program];
  for (const [path, backend] of [
    [undefined, "native"],
    [NO_ADDON, "js"],
  ]) {
    const env = { ONESCOPE_BACKEND: "wasm\n\x1b[2J", ONESCOPE_NATIVE_PATH: path };
    assert.deepEqual(await runNode(args, { env }), {
      code: 0,
      signal: null,
      stdout: `${backend}\n`,
      stderr: `onescope: ONESCOPE_BACKEND is "wasm??[2J", which is ignored; set it to "native" or "js", or unset it\n`,
    });
  }
});
