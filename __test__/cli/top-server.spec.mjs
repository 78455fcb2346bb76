import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { backend } from "../../js/index.js";
import { ROOT, runNode } from "../_support/run.mjs";
import { startDiagnosticsApp } from "../_support/start-diagnostics-app.mjs";
import { inTerminal, noTerminal, screenOf } from "../_support/terminal.mjs";

// `onescope top` and the diagnostics server together, while the server's only thread is blocked.

const BIN = join(ROOT, "bin/onescope.mjs");
const BLOCK_MS = 5000;
const skip = backend !== "native";

/** @param {string[]} args @param {Record<string, string | undefined>} [env] */
const top = (args, env = {}) => runNode([BIN, "top", ...args], { env: { ONESCOPE_TOKEN: undefined, ...env } });

/**
 * A server whose thread a request blocks after a moment.
 *
 * @param {import("node:test").TestContext} t
 * @param {object} [options]
 */
async function blockedServer(t, options) {
  const server = await startDiagnosticsApp({ watch: { thresholdMs: 300 }, ...options });
  t.after(() => server.stop());
  server.poke("/hang");
  server.poke("/hang");
  await sleep(300);
  server.poke(`/report?ms=${BLOCK_MS}&secret=1`);
  return server;
}

test("top names the request that blocks a thread, while it does", { skip }, async (t) => {
  const server = await blockedServer(t);
  const end = performance.now() + BLOCK_MS;
  let text;
  do text = (await top([server.page])).stdout;
  while (!/: GET \/report \(exact\)$/m.test(text) && performance.now() < end);
  assert.match(text, new RegExp(`^onescope top {2}${server.page}/ {2}pid ${server.pid} {2}\\d`));
  assert.match(text, /^1 thread, 1 blocked\nthread 0 blocked for \S+ m?s: GET \/report \(exact\)$/m);
  assert.match(text, /^3 in flight, 3 created, 0 closed, 0 abandoned$/m);
  assert.match(
    text,
    /^last stall .* ago: thread 0 blocked for .*: GET \/report \(exact\)\n {2}at .*diagnostics-app\.mjs/m,
  );
  // Those that hang are about a second old, from when on it is said.
  const shown = text.replaceAll(/^( .*) {2}waiting for nothing known$/gm, "$1");
  assert.deepEqual(
    [...shown.matchAll(/^([> ]) +\d+ .* (GET .*)$/gm)].map(([, mark, label]) => mark + label),
    [">GET /report", " GET /hang", " GET /hang"],
  );
});

test("top shows it in a terminal", { skip: skip || noTerminal }, async (t) => {
  const server = await blockedServer(t);
  const terminal = inTerminal([BIN, "top", server.page, "--interval", "0.1"], { columns: 80, rows: 24 });
  t.after(() => terminal.kill());
  await terminal.shows(/> +\d+ .*GET \/report/);
  terminal.press("q");
  assert.deepEqual(await terminal.ended, { code: 0, same: true });
  assert.equal(screenOf(terminal.output()).other, false);
});

test("top gives the server its token", { skip }, async (t) => {
  const server = await startDiagnosticsApp({ serve: { token: "0123456789abcdef" } });
  t.after(() => server.stop());
  const without = await top([server.page]);
  assert.equal(without.code, 1);
  assert.match(without.stderr, /requires a token: .*--token/);
  assert.equal((await top([server.page], { ONESCOPE_TOKEN: "0123456789abcdef" })).code, 0);
});
