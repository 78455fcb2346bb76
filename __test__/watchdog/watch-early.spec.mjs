import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { backend } from "../../js/index.js";
import { ROOT, runNode } from "../_support/run.mjs";
import { onTime } from "../_support/wait.mjs";

const INSPECT = new URL("../../js/inspect.js", import.meta.url).href;

/**
 * Blocks right after the watch began, and prints what was reported, one report a line.
 *
 * @param {string} wait how the program waits for the event loop
 */
const program = (wait) => `
  import { once } from "node:events";
  import { createServer, get } from "node:http";
  import { setImmediate as immediate, setTimeout as sleep } from "node:timers/promises";
  import { watch } from ${JSON.stringify(INSPECT)};
  const block = () => { const end = performance.now() + 700; while (performance.now() < end); };
  watch({ thresholdMs: 200, stacks: false, onStall: (report) => console.log(JSON.stringify(report)) });
  ${wait}
  block();
  await sleep(200);
  process.exit();`;

describe("a block right after watch()", { skip: backend !== "native" }, () => {
  for (const [name, wait] of [
    ["after one turn of the event loop", "await immediate(); await immediate();"],
    ["from a timer of 5 ms", "await sleep(5);"],
    ["from a request to an idle server", "await idle();"],
  ]) {
    test(`is reported: ${name}`, () =>
      onTime(async () => {
        const idle = `const idle = async () => {
          const server = createServer().listen(0, "127.0.0.1");
          await once(server, "listening");
          get({ port: server.address().port }).on("error", () => {});
          await once(server, "request");
        };`;
        const source = program(wait.includes("idle") ? idle + wait : wait);
        const { code, stdout, stderr } = await runNode(["--input-type=module", "--eval", source]);
        assert.equal(code, 0, stderr);
        const reports = stdout
          .trim()
          .split("\n")
          .filter(Boolean)
          .map((line) => JSON.parse(line));
        const [stall] = reports.filter(({ onescope }) => onescope === "stall");
        if (stall === undefined) return `no report: ${stdout}${stderr}`;
        assert.equal(stall.thread, 0);
        if (reports.at(-1).onescope !== "recovered") return "no report of the recovery before the program ended";
      }));
  }

  test("is start-up, and silent, before the event loop has turned", async () => {
    const { code, stdout, stderr } = await runNode(["--input-type=module", "--eval", program("")]);
    assert.deepEqual([code, stdout, stderr], [0, "", ""], ROOT);
  });
});
