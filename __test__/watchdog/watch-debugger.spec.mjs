import assert from "node:assert/strict";
import { once } from "node:events";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { backend } from "../../js/index.js";
import { request, requestJson } from "../_support/http.mjs";
import { startDiagnosticsApp } from "../_support/start-diagnostics-app.mjs";
import { until } from "../_support/wait.mjs";

const OPTIONS = { serve: { maxBlockedMs: 300 }, watch: { thresholdMs: 200, stacks: false } };
const LISTENING = /Debugger listening on (ws:\/\/127\.0\.0\.1:(\d+)\/\S+)/;

/** @typedef {Awaited<ReturnType<typeof startDiagnosticsApp>>} Server */

/**
 * @param {string} flag
 * @param {(server: Server, port: number, url: string) => Promise<void>} use
 * @param {(server: Server) => void} [open] opens the port
 */
async function withPort(flag, use, open = () => {}) {
  const server = await startDiagnosticsApp({ ...OPTIONS, flags: [flag] });
  try {
    await until(
      () => request(`${server.page}/readyz`),
      ({ status }) => status === 200,
    );
    open(server);
    await until(server.errors, (text) => LISTENING.test(text));
    const [, url, port] = LISTENING.exec(server.errors()) ?? assert.fail(server.errors());
    await use(server, Number(port), url);
  } finally {
    await server.stop();
  }
}

/** @param {Server} server */
const live = (server) => requestJson(`${server.page}/livez`);

/** @param {Server} server */
const stalls = async (server) => (await requestJson(`${server.page}/stalls`)).stalls;

/**
 * Blocks the main thread, and expects a report of it everywhere.
 *
 * @param {Server} server
 */
async function expectBlock(server) {
  const reports = (await stalls(server)).length;
  server.poke("/report?ms=2500");
  const { status } = await until(
    () => request(`${server.page}/livez`),
    (response) => response.status === 503,
  );
  assert.equal(status, 503);
  const [stall] = (
    await until(
      () => stalls(server),
      ({ length }) => length > reports,
    )
  ).slice(reports);
  assert.equal(stall.onescope, "stall");
  const { length } = await until(
    () => stalls(server),
    (all) => all.at(-1).onescope === "recovered",
  );
  assert.ok(length > reports);
  return stall;
}

describe("an inspector port that is open, with no client connected", { skip: backend !== "native" }, () => {
  for (const [how, flag, open] of /** @type {Array<[string, string, (server: Server) => void]>} */ ([
    ["--inspect", "--inspect=127.0.0.1:0", () => {}],
    ["SIGUSR1", "--inspect-port=127.0.0.1:0", ({ pid }) => process.kill(pid, "SIGUSR1")],
  ])) {
    test(`switches nothing off: ${how}`, { skip: process.platform === "win32" }, () =>
      withPort(
        flag,
        async (server, port) => {
          const seen = await until(
            () => live(server),
            ({ inspector }) => inspector !== null && inspector?.debugger !== "connecting",
          );
          const debug = process.platform === "linux" ? "none" : "unknown";
          assert.deepEqual([seen.checked, seen.inspector], [true, { port, debugger: debug }]);
          assert.equal((await expectBlock(server)).inspectorPort, port);
          assert.doesNotMatch(server.errors(), /a debugger is connected/);
        },
        open,
      ),
    );
  }

  test("a tool that requests the list of targets is no debugger", { skip: process.platform !== "linux" }, () =>
    withPort("--inspect=127.0.0.1:0", async (server, port) => {
      let over = false;
      const polling = (async () => {
        while (!over) {
          await request(`http://127.0.0.1:${port}/json/list`);
          await sleep(50);
        }
      })();
      await expectBlock(server);
      over = true;
      await polling;
      assert.doesNotMatch(server.errors(), /a debugger is connected/);
    }),
  );
});

test(
  "while a debugger is connected nothing is reported, and every response says so",
  {
    skip: backend !== "native" || process.platform !== "linux",
  },
  () =>
    withPort("--inspect=127.0.0.1:0", async (server, port, url) => {
      const socket = new WebSocket(url);
      await once(socket, "open");
      const inspector = { port, debugger: "connected" };
      await until(
        () => live(server),
        ({ checked }) => checked === false,
      );
      const before = (await stalls(server)).length;
      server.poke("/report?ms=1500");
      await until(
        () => requestJson(`${server.page}/in-flight`),
        ({ inFlight }) => inFlight.length > 0,
      );
      await sleep(1000);
      const { status, text } = await request(`${server.page}/livez`);
      assert.deepEqual(
        [status, JSON.parse(text)],
        [200, { live: true, checked: false, maxBlockedMs: 300, blocked: [], inspector }],
      );
      const seen = await requestJson(`${server.page}/stalls`);
      assert.deepEqual([seen.watching, seen.inspector, seen.stalls.length], [true, inspector, before]);
      assert.match((await request(`${server.page}/metrics`)).text, /^onescope_debugger_connected 1$/m);
      const said = `onescope: a debugger is connected to inspector port ${port}: blocked threads are not reported until it disconnects\n`;
      assert.equal(server.errors().split(said).length, 2, server.errors());
      socket.close();
      await until(
        () => live(server),
        ({ checked }) => checked === true,
      );
      await expectBlock(server);
      assert.match((await request(`${server.page}/metrics`)).text, /^onescope_debugger_connected 0$/m);
    }),
);
