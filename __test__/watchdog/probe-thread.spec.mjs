import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { backend } from "../../js/index.js";
import { frames } from "../../js/watchdog/stack.js";
import { runNode } from "../_support/run.mjs";

const PROGRAM = fileURLToPath(new URL("../_support/probed.mjs", import.meta.url));

/** @param {string} program of probed.mjs */
async function run(program, { flags = [], env = {} } = {}) {
  const { code, stdout, stderr } = await runNode([...flags, PROGRAM, program], { env, timeoutMs: 20_000 });
  const [reports, other] = [[], []];
  for (const line of stderr.split("\n").filter(Boolean)) {
    if (line.startsWith('{"onescope"')) reports.push(JSON.parse(line));
    else other.push(line);
  }
  return { code, said: stdout.trim().split("\n"), reports, other: other.join("\n") };
}

/** A report that the blocked thread itself made; on a busy machine it need not be the first. */
const exact = (reports) => reports.find(({ confidence }) => confidence === "exact");

test("a stack has none of Node's and onescope's frames, and short paths", () => {
  const stack = [
    "Error",
    "    at stack (file:///x/node_modules/onescope/js/watchdog/probe-response.js:1:2)",
    "    at node:onescope:1:43",
    "    at RegExp.test (<anonymous>)",
    "    at heavy (/app/report.js:10:3)",
    "    at Foo.bar [as baz] (file:///app/a%20b/page.mjs?v=1:7:8)",
    "    at file:///app/top.mjs:1:1",
    "    at async Promise.all (index 0)",
    "    at async file:///app/main.mjs:3:4",
    "    at query (/app/node_modules/@db/client/lib/index.js:5:6)",
    "    at eval (eval at run (/app/x.js:1:1), <anonymous>:2:3)",
    "    at new Thing (/elsewhere/y.js:9:9)",
    "    at process.processTicksAndRejections (node:internal/process/task_queues:103:5)",
  ].join("\n");
  assert.deepEqual(frames(stack, { cwd: "/app/", own: ["/x/node_modules/onescope/js/"] }), [
    "RegExp.test",
    "heavy (report.js:10:3)",
    "Foo.bar [as baz] (a b/page.mjs:7:8)",
    "top.mjs:1:1",
    "async Promise.all",
    "async main.mjs:3:4",
    "query (@db/client/lib/index.js:5:6)",
    "eval (eval at run (x.js:1:1), <anonymous>:2:3)",
    "new Thing (/elsewhere/y.js:9:9)",
  ]);
  const bundled =
    "Error\n    at a (/app/b.js:1:2)\n    at c (/app/b.js:3:4)\n    at node:onescope:1:43\n    at /app/b.js:5:6";
  assert.deepEqual(frames(bundled, { cwd: "/app/", own: [] }), ["b.js:5:6"]);
  const deep = `Error\n${"    at f (/app/a.js:1:1)\n".repeat(50)}`;
  assert.equal(frames(deep, { cwd: "/app/", own: [] }).length, 20);
});

describe("the helper", { skip: backend !== "native" }, () => {
  test("keeps no process alive and says nothing", async () => {
    assert.deepEqual(await run("nothing"), { code: 0, said: [""], reports: [], other: "" });
  });

  test("loads no preloads of the program", async () => {
    const preload = "data:text/javascript,console.log(%22preloaded%22)";
    const { said } = await run("loop", {
      flags: ["--import", preload],
      env: { NODE_OPTIONS: `--import=${preload}` },
    });
    assert.deepEqual(said, ["preloaded"]);
  });

  test("leaves the program's own stack settings alone", async () => {
    const { said, reports } = await run("own stacks");
    assert.deepEqual(JSON.parse(said[0]), [true, 1, "mine"]);
    const { stack } = exact(reports);
    // The innermost may be a function that the loop calls.
    assert.match(stack.join("\n"), /^loop \(__test__\/_support\/probed\.mjs:\d+:\d+\)$/m);
    assert.ok(stack.length > 1);
  });

  test("does not start where the permission model denies the inspector", async () => {
    const { code, reports, other } = await run("loop", {
      flags: ["--permission", "--allow-fs-read=*", "--allow-addons", "--allow-worker"],
    });
    assert.equal(code, 0, other);
    assert.match(other, /stalls without stacks: the permission model/);
    assert.ok(reports.length > 0);
    assert.equal(exact(reports), undefined);
  });

  test("does not keep a program from exiting right after a native call", async () => {
    const { code, reports } = await run("exit");
    assert.equal(code, 3);
    assert.ok(reports.some(({ call }) => call === "child_process.execSync"));
  });

  test("probes only while a watch is on", async () => {
    const { said } = await run("stop");
    assert.deepEqual(said.slice(1), ["function", "undefined"]);
  });

  test("ends by itself, its connection closed, when the watch stops in the middle of a question", async () => {
    const { code, said, reports, other } = await run("stop while probing");
    assert.deepEqual([code, said, other], [0, ["the helper ended 0"], ""]);
    assert.equal(reports[0].call, "child_process.execSync");
  });

  test("passes on a time limit of a script that hits its question", async () => {
    const { said, other } = await run("time limit");
    assert.deepEqual(said, ["ERR_SCRIPT_EXECUTION_TIMEOUT", "on"], other);
  });

  test("passes on worker.terminate() that hits its question", async () => {
    const { said, other } = await run("terminate");
    assert.deepEqual(said, ["terminated"], other);
  });

  test("survives workers that are terminated while it probes them", async () => {
    const { code, said, reports } = await run("many workers");
    assert.equal(code, 0);
    assert.deepEqual(said, ["all ended"]);
    assert.ok(exact(reports) !== undefined);
  });
});
