import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { backend } from "../../js/index.js";
import { watch } from "../../js/inspect.js";
import { codeOf } from "../_support/code-of.mjs";
import { inheritedFlags, ROOT, runNode } from "../_support/run.mjs";
import { onTime } from "../_support/wait.mjs";

const native = backend === "native";
const THRESHOLD_MS = 400;
const PROGRAM = fileURLToPath(new URL("../_support/watched.mjs", import.meta.url));

/**
 * Runs watched.mjs and notes when each line arrived.
 *
 * @param {object} task
 * @param {(child: import("node:child_process").ChildProcess, line: any) => void} [onSaid]
 */
function run({ options = {}, ...task }, onSaid = () => {}) {
  const argument = JSON.stringify({ options: { thresholdMs: THRESHOLD_MS, ...options }, ...task });
  const child = spawn(process.execPath, [...inheritedFlags(), PROGRAM, argument], {
    cwd: ROOT,
    env: { ...process.env, NODE_OPTIONS: "", NODE_TEST_CONTEXT: undefined },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 30_000,
  });
  const [said, lines, other] = [[], [], []];
  byLine(child.stdout, (line) => {
    said.push(JSON.parse(line));
    onSaid(child, said.at(-1));
  });
  byLine(child.stderr, (line) => {
    if (line.startsWith('{"onescope"')) lines.push({ ...JSON.parse(line), at: Date.now() });
    else other.push(line);
  });
  return new Promise((resolve) => {
    child.on("close", (code) => resolve({ code, said, lines, other: other.join("\n") }));
  });
}

function byLine(stream, take) {
  let rest = "";
  stream.setEncoding("utf8").on("data", (text) => {
    const parts = `${rest}${text}`.split("\n");
    rest = parts.pop();
    for (const part of parts) take(part);
  });
}

const kinds = (lines) => lines.map(({ onescope }) => onescope);

/** The kinds of lines in order, several of a sort in a row as one: a busy machine makes a stall longer. */
const course = (lines) => kinds(lines).filter((kind, n, all) => kind !== all[n - 1]);

/** Lines of the stalls that a program makes on purpose. A busy machine may add others. */
const meant = (lines) => lines.filter(({ request }) => request?.label === "GET /blocked");

for (const [how, call] of [
  ["loop", null],
  ["atomics", "Atomics.wait"],
  ["exec", "child_process.execSync"],
  ["scrypt", "crypto.scryptSync"],
  ["fifo", "fs.readFileSync"],
]) {
  for (const where of ["main", "worker"]) {
    test(`a ${where} thread that is blocked (${how}) is reported meanwhile`, { skip: !native }, () =>
      onTime(async () => {
        const { code, said, lines, other } = await run({ program: where, how, ms: 1000 });
        assert.deepEqual([code, other], [0, ""]);
        const began = said.find((line) => line.began !== undefined).began;
        const { ended } = said.find((line) => line.ended !== undefined);
        const [first] = meant(lines);
        if (first?.onescope !== "stall") return `never reported: ${JSON.stringify(lines)}`;
        assert.deepEqual([first.call, first.stack], [call, []]);
        assert.equal(first.confidence, call === null ? "last-seen" : "in-call");
        assert.equal(first.thread > 0, where === "worker");
        assert.equal(first.waiting, 3);
        assert.ok(first.blockedMs >= THRESHOLD_MS, `${first.blockedMs}`);
        assert.ok(first.request.ageMs >= THRESHOLD_MS - 100, `${first.request.ageMs}`);
        const last = meant(lines).at(-1);
        assert.deepEqual([last.onescope, last.thread], ["recovered", first.thread]);
        assert.equal(last.request.id, first.request.id);
        assert.deepEqual(
          said.filter((line) => line.report).map((line) => line.report),
          lines.map(({ at, ...line }) => line),
        );
        if (first.at >= ended) return "written after the block";
        if (first.blockedMs >= THRESHOLD_MS + 150) return `reported after ${first.blockedMs} ms`;
        // The child's own line and the pipe take a while.
        if (first.at - began >= THRESHOLD_MS + 400) return `read after ${first.at - began} ms`;
      }),
    );
  }
}

test("lines come at doubling intervals", { skip: !native }, () =>
  onTime(async () => {
    const { lines } = await run({ program: "main", how: "loop", ms: 2000, options: { thresholdMs: 200 } });
    const blocked = meant(lines).map(({ blockedMs }) => blockedMs);
    if (kinds(meant(lines)).join(" ") !== "stall stall stall stall recovered") return JSON.stringify(lines);
    for (const [n, least] of [200, 400, 800, 1600].entries()) {
      assert.ok(blocked[n] >= least, JSON.stringify(blocked));
      if (blocked[n] >= least + 300) return JSON.stringify(blocked);
    }
    assert.ok(blocked[4] >= blocked[3], JSON.stringify(blocked));
  }),
);

test("a worker that was there before the watch is watched", { skip: !native }, async () => {
  const { lines } = await run({ program: "early worker", how: "atomics", ms: 1000 });
  assert.deepEqual(course(meant(lines)), ["stall", "recovered"]);
  assert.deepEqual([lines[0].call, lines[0].request.label], ["Atomics.wait", "GET /blocked"]);
});

test("a worker that is terminated while it is blocked is reported once more", { skip: !native }, async () => {
  const { code, lines } = await run({ program: "terminated worker", how: "atomics" });
  assert.equal(code, 0);
  assert.equal(lines[0].onescope, "stall");
  assert.deepEqual([lines.at(-1).onescope, lines.at(-1).request.label], ["ended", "GET /blocked"]);
  assert.deepEqual(course(lines), ["stall", "ended"]);
});

test("a thread without a heartbeat is not reported", { skip: !native }, async () => {
  const { code, said, lines } = await run({ program: "worker without a heartbeat", how: "atomics", ms: 1000 });
  assert.deepEqual([code, lines], [0, []]);
  assert.ok(said.some((line) => line.ended));
});

test("stalls beyond the limit are rate-limited", { skip: !native }, async () => {
  const options = { maxPerMinute: 2 };
  const { lines } = await run({ program: "three stalls", how: "atomics", ms: 600, options });
  assert.deepEqual(course(meant(lines)), ["stall", "recovered", "stall", "recovered"]);
});

test("a paused watch reports nothing", { skip: !native }, async () => {
  const { lines } = await run({ program: "paused", how: "loop", ms: 700 });
  assert.deepEqual(course(meant(lines)), ["stall", "recovered"]);
  assert.ok(lines.every(({ request }) => request?.label !== "paused"));
});

test("a stopped watch reports nothing, and one that is on keeps no process alive", { skip: !native }, async () => {
  assert.deepEqual((await run({ program: "stopped", how: "loop", ms: 700 })).lines, []);
  const start = performance.now();
  assert.deepEqual(await run({ program: "nothing" }), { code: 0, said: [], lines: [], other: "" });
  assert.ok(performance.now() - start < 10_000);
});

test(
  "a process that was stopped and goes on is not blocked",
  {
    skip: !native || process.platform === "win32",
  },
  () =>
    onTime(async () => {
      const { code, lines } = await run({ program: "idle", ms: 6000 }, async (child, line) => {
        if (!line.ready) return;
        for (let n = 0; n < 3; n++) {
          await new Promise((resolve) => setTimeout(resolve, 330 + 17 * n));
          child.kill("SIGSTOP");
          await new Promise((resolve) => setTimeout(resolve, 900));
          child.kill("SIGCONT");
        }
      });
      assert.equal(code, 0);
      // A machine that does not run the thread for so long makes a stall of its own.
      if (lines.length > 0) return JSON.stringify(lines);
    }),
);

for (const where of ["main", "worker"]) {
  test(`a stall of a ${where} thread is reported while an inspector port is open`, { skip: !native }, async () => {
    const task = JSON.stringify({ program: where, how: "loop", ms: 1000, options: { thresholdMs: THRESHOLD_MS } });
    const { code, stderr } = await runNode(["--inspect=127.0.0.1:0", PROGRAM, task]);
    assert.equal(code, 0);
    const lines = stderr.split("\n").filter((line) => line.startsWith('{"onescope"'));
    const [first] = meant(lines.map((line) => JSON.parse(line)));
    assert.deepEqual([first?.onescope, first?.inspectorPort > 0], ["stall", true], stderr);
  });
}

test("a closed stderr loses the lines and nothing else", {
  skip: !native || process.platform === "win32",
}, async () => {
  const task = { program: "main", how: "loop", ms: 600, options: { thresholdMs: THRESHOLD_MS } };
  const command = [process.execPath, ...inheritedFlags(), PROGRAM, JSON.stringify(task)];
  const shell = spawn("sh", ["-c", 'exec "$0" "$@" 2>&-', ...command], { stdio: ["ignore", "pipe", "ignore"] });
  const said = [];
  byLine(shell.stdout, (line) => said.push(JSON.parse(line)));
  const code = await new Promise((resolve) => shell.on("close", resolve));
  assert.equal(code, 0);
  assert.deepEqual(course(meant(said.flatMap(({ report }) => report ?? []))), ["stall", "recovered"]);
});

test("an onStall that throws is a warning", { skip: !native }, async () => {
  const { code, lines, other } = await run({ program: "failing onStall", how: "loop", ms: 600 });
  assert.deepEqual([code, course(meant(lines))], [0, ["stall", "recovered"]]);
  assert.match(other, /OnescopeWarning: onStall of onescope's watch\(\) failed: Error: on purpose/);
  assert.match(other, /OnescopeWarning: onStall of onescope's watch\(\) failed: an object/);
});

test("options are checked", () => {
  for (const options of [
    { thresholdMs: 99 },
    { thresholdMs: 1000.5 },
    { thresholdMs: "1000" },
    { thresholdMs: Number.POSITIVE_INFINITY },
    { maxPerMinute: 0 },
    { maxPerMinute: Number.NaN },
    { stacks: 1 },
    { strict: 1 },
    { onStall: "log" },
  ]) {
    assert.equal(
      codeOf(() => watch(options)),
      "ERR_ONESCOPE_OPTION",
      JSON.stringify(options),
    );
  }
});

test("there is one watch at a time", { skip: !native }, () => {
  const first = watch({ stacks: false });
  assert.equal(
    codeOf(() => watch({ strict: true })),
    "ERR_ONESCOPE_WATCHED",
  );
  first.stop();
  const second = watch({ stacks: false });
  // A handle that was stopped does not affect the next watch.
  first.stop();
  assert.equal(
    codeOf(() => watch({ strict: true })),
    "ERR_ONESCOPE_WATCHED",
  );
  second[Symbol.dispose]();
  watch({ stacks: false }).stop();
});

test("a worker's watch ends with the worker", { skip: !native }, async () => {
  const expected = { code: 0, said: [{ response: "watching" }, { again: true }], lines: [], other: "" };
  assert.deepEqual(await run({ program: "worker's own watch" }), expected);
});

test("the JavaScript backend lacks it, which is an error if strict", { skip: native }, () => {
  assert.equal(
    codeOf(() => watch({ strict: true })),
    "ERR_ONESCOPE_BACKEND",
  );
});
