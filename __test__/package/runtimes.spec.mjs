import assert from "node:assert/strict";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { flightsIn } from "../_support/flights.mjs";
import { installOnescope, installPlatform } from "../_support/installed.mjs";
import { ROOT, runNode } from "../_support/run.mjs";
import { BUN, DENO, installRuntimes, skipRuntimes } from "../_support/runtimes.mjs";

const BIN = join(ROOT, "bin/onescope.mjs");
const PROGRAM = join(ROOT, "__test__/_support/in-runtime.mjs");
const REGISTER = join(ROOT, "js/register.js");

const DENO_RUN = ["run", "--allow-all", "--no-lock"];

/** Where each runtime takes its preloads, and what of `in-runtime.mjs` works there. */
const RUNTIMES = [
  { name: "Bun", binary: BUN, run: [], preload: ["--preload", REGISTER], requests: [] },
  { name: "Deno", binary: DENO, run: DENO_RUN, preload: ["--preload", REGISTER], requests: ["GET /seen"] },
];

const WITHOUT_ADDON = `
  import { isMainThread, Worker } from "node:worker_threads";
  import { backend } from "onescope";
  import { histograms, record, serve, watch } from "onescope/inspect";
  if (isMainThread) await new Promise((resolve) => new Worker(new URL(import.meta.url)).on("exit", resolve));
  console.log(backend, watch().active, serve().url, record().path, histograms().length);
`;

test("in Node, nothing warns of the runtime", async () => {
  const source = `import { trackRequests, trackLeaks } from "onescope/inspect"; trackRequests(); trackLeaks();`;
  const { code, stderr } = await runNode(["--import", REGISTER, "--input-type=module", "--eval", source]);
  assert.deepEqual([code, stderr], [0, ""]);
});

test("Bun and Deno", { skip: skipRuntimes }, async (t) => {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), "onescope-runtimes-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  installRuntimes();
  const env = { ONESCOPE_BACKEND: "native", NO_COLOR: "1", DENO_DIR: join(folder, "deno"), DENO_NO_UPDATE_CHECK: "1" };

  for (const { name, binary, run, preload, requests } of RUNTIMES) {
    for (const flags of [[], preload]) {
      await t.test(
        `${name}${flags.length > 0 ? " with register" : ""}: one warning, no error, and the rest works`,
        async () => {
          const flights = join(folder, `${name}-${flags.length}`);
          const { code, stdout, stderr } = await runNode([...run, ...flags, PROGRAM, flights], { binary, env });
          assert.equal(code, 0, stderr);
          assert.doesNotMatch(stderr, /uncaught/i);
          const warnings = stderr.split("\n").filter((line) => line.includes("OnescopeWarning"));
          assert.equal(warnings.length, 1, stderr);
          assert.match(warnings[0], new RegExp(`onescope does not fully work in ${name} \\d+\\.\\d+\\.\\d+: `));
          for (const call of ["onescope/register", "trackRequests()", "watch()", "trackLeaks()", "leaks()"]) {
            assert.ok(warnings[0].includes(call), call);
          }
          // A stall is reported all the same, and names work that runs under a label.
          assert.match(stderr, /"onescope":"stall".*"label":"job"/);

          const values = [0, 1, 2, 3];
          assert.deepEqual(JSON.parse(/** @type {string} */ (stdout.trim().split("\n").at(-1))), {
            swapped: { imported: false, required: flags.length > 0 },
            storages: { waited: values, bound: values, resumed: values, outside: [] },
            requests,
            shown: true,
            flight: flightsIn(flights)[0],
            leaks: [],
          });
        },
      );
    }

    await t.test(
      `${name}: without an addon the starters do nothing, and one line of the process says so`,
      async (t) => {
        const installed = installOnescope();
        t.after(() => rmSync(installed, { recursive: true, force: true }));
        const program = join(installed, "program.mjs");
        writeFileSync(program, WITHOUT_ADDON);
        const unset = { ...env, ONESCOPE_BACKEND: undefined };
        const { code, stdout, stderr } = await runNode([...run, program], { binary, env: unset });
        assert.match(
          stderr,
          /^onescope: JavaScript backend \(no addon for linux-x64: @onescope\/linux-x64-gnu is not installed; .+\); watch, serve and record are off\n$/,
        );
        assert.deepEqual([code, stdout], [0, "js false null null 0\n".repeat(2)]);
        // With the package of the platform, the same program has all of it.
        installPlatform(installed);
        writeFileSync(program, 'import { backend } from "onescope"; console.log(backend);');
        assert.equal((await runNode([...run, program], { binary, env: unset })).stdout, "native\n");
      },
    );

    await t.test(`${name}: doctor names the runtime and what does not work in it`, async () => {
      const { code, stdout, stderr } = await runNode([...run, BIN, "doctor"], { binary, env });
      assert.equal(code, 1);
      assert.match(stdout, new RegExp(`^onescope \\S+ on ${name} \\d`, "m"));
      assert.match(stdout, new RegExp(`does not work in ${name}: trackRequests\\(\\)`));
      assert.equal(stderr.includes("OnescopeWarning"), false, stderr);
    });
  }
});
