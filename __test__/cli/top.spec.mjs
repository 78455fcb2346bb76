import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { pipeline, Readable } from "node:stream";
import { after, before, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { cut, duration, widthOf } from "../../js/cli/text.js";
import { blockedData, fakeDiagnosticsServer } from "../_support/fake-diagnostics.mjs";
import { inheritedFlags, ROOT, runNode } from "../_support/run.mjs";
import { freePort } from "../_support/server.mjs";
import { inTerminal, noTerminal, screenOf } from "../_support/terminal.mjs";
import { until } from "../_support/wait.mjs";

const BIN = join(ROOT, "bin/onescope.mjs");

/** @param {string[]} args @param {Record<string, string | undefined>} [env] */
const top = (args, env = {}) => runNode([BIN, "top", ...args], { env: { ONESCOPE_TOKEN: undefined, ...env } });

/** Everything that could move a cursor, end a line early, hide, or reverse text. */
const HOSTILE = "GET /\x1b[2J\x9b31m\r\n\x07\u202e\u2028\u200b\ud800\u{e0041}x";

// It depends neither on the backend nor on async context.
const skip = process.env.ONESCOPE_BACKEND === "js" || inheritedFlags().length > 0;

describe("onescope top without a terminal", { skip }, () => {
  const data = blockedData();
  /** @type {Awaited<ReturnType<typeof fakeDiagnosticsServer>>} */
  let server;
  before(async () => {
    server = await fakeDiagnosticsServer(data);
  });
  after(() => server.stop());

  test("prints what is in flight once, the request of a blocked thread first", async () => {
    const { code, stdout, stderr } = await top([server.url, "--limit", "3"]);
    assert.deepEqual([code, stderr], [0, ""]);
    assert.deepEqual(stdout.trimEnd().split("\n"), [
      `onescope top  ${server.url}/  pid 4711  2026-03-04T05:06:07.000Z`,
      "3 threads, 1 blocked",
      "thread 0 blocked for 1.5 s: GET /report (exact)",
      "5 in flight, 100 created, 93 closed, 2 abandoned",
      "last stall 518 ms ago: thread 0 blocked for 1.0 s: GET /report (exact)",
      "  at heavy (app/report.js:10:3)",
      "> blocks its thread",
      "",
      "  ID     AGE    IDLE  STATE   KIND     THREAD  LABEL",
      ">  8   1.2 s  900 ms  active  other         0  GET /report",
      "   7  1h 02m  900 ms  active  appPage       0  GET /slow  waiting 3.1 s: GET a.example/x",
      "   9   40 ms  900 ms  active  other         1  POST /日本語",
      "… and 2 more",
    ]);
    assert.ok(server.requests.includes("/in-flight?limit=3"), server.requests.join());
  });

  test("--slow prints the slowest requests, with what they waited for", async () => {
    const { code, stdout } = await top([server.url, "--slow"]);
    assert.equal(code, 0);
    assert.deepEqual(stdout.trimEnd().split("\n").slice(-5), [
      "   TOOK     AGO  SLOWEST REQUESTS OF THE LAST 10 MINUTES",
      "  5.0 s  900 ms  GET /search",
      "  3.2 s  41.2 s  GET /checkout",
      "                   30 ms: mysql SELECT db:3306, after 20 ms",
      "                   3.1 s, not over: POST api.example/charges, after 60 ms",
    ]);
    const { stdout: json } = await top([server.url, "--slow", "--json"]);
    assert.deepEqual(JSON.parse(json).slow, /** @type {any} */ (data.slow).slow);
  });

  test("--json prints the same for programs, and the scheme may be left out", async () => {
    const { code, stdout } = await top([server.url.slice("http://".length), "--json"]);
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(stdout), { ...data.inFlight, ...data.stalls, counters: data.counters });
  });

  test("--interval prints a block each time, until its reader has seen enough", async () => {
    const args = [BIN, "top", server.url, "--interval", "0.1"];
    const child = spawn(process.execPath, args, { cwd: ROOT, timeout: 30_000 });
    let stdout = "";
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
    child.stdout.setEncoding("utf8").on("data", (text) => {
      stdout += text;
      if (stdout.split("pid 4711").length > 3) child.stdout.destroy();
    });
    const [code] = await once(child, "close");
    assert.deepEqual([code, stderr], [0, ""]);
    assert.ok(stdout.includes("\n\nonescope top  "), stdout);
  });

  test("a last-seen request is marked as a guess, and an unknown one not at all", async () => {
    const request = { id: 8, label: "GET /report", state: "active", ageMs: 1204 };
    const suspect = { confidence: "exact", request, call: "fs.readFileSync" };
    for (const [change, mark, said] of /** @type {const} */ ([
      [{ suspect }, ">", ": GET /report in fs.readFileSync (exact)"],
      [{ suspect: { ...suspect, confidence: "last-seen" } }, "\\?", ": GET /report in fs.readFileSync (last-seen)"],
      [{ suspect: { ...suspect, request: null } }, " ", ": unknown request in fs.readFileSync (exact)"],
      [{ suspect: null }, " ", " (cause unknown)"],
      [{ suspect, blockedMs: 0 }, " ", undefined],
    ])) {
      const { inFlight, ...rest } = blockedData();
      Object.assign(inFlight.threads[0], change);
      const changed = await fakeDiagnosticsServer({ inFlight, ...rest });
      const { stdout } = await top([changed.url]);
      await changed.stop();
      assert.match(stdout, new RegExp(`^${mark} {2}8 `, "m"));
      if (said === undefined) assert.match(stdout, /^3 threads, none blocked$/m);
      else assert.ok(stdout.includes(`thread 0 blocked for 1.5 s${said}\n`), stdout);
    }
  });

  test("nothing that a label holds reaches the terminal as a command", async () => {
    const { inFlight, stalls, counters } = blockedData();
    inFlight.inFlight[0].label = stalls.stalls.at(-1).request.label = HOSTILE;
    Object.assign(stalls.stalls.at(-1), { call: HOSTILE, stack: [HOSTILE] });
    Object.assign(inFlight.threads[0].suspect, { call: HOSTILE, confidence: HOSTILE });
    inFlight.threads[0].suspect.request.label = HOSTILE;
    Object.assign(inFlight.inFlight[0], { kind: HOSTILE, state: HOSTILE, thread: HOSTILE });
    const hostile = await fakeDiagnosticsServer({ inFlight, stalls, counters });
    const [text, json] = [await top([hostile.url]), await top([hostile.url, "--json"])];
    await hostile.stop();
    for (const { code, stdout } of [text, json]) {
      assert.equal(code, 0);
      assert.doesNotMatch(stdout.replaceAll("\n", ""), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
    }
    assert.match(text.stdout, /GET \/\?\[2J\?31m\?{5,}\ufffd\?x$/m);
    assert.equal(JSON.parse(json.stdout).inFlight[0].label, HOSTILE);
  });

  test("a server that requires a token gets the one that was given", async () => {
    const secret = await fakeDiagnosticsServer(data, { token: "s3cret" });
    const without = await top([secret.url]);
    const wrong = await top([secret.url, "--token", "guess"]);
    const given = await top([secret.url, "--token", "s3cret"]);
    const fromEnvironment = await top([secret.url], { ONESCOPE_TOKEN: "s3cret" });
    await secret.stop();
    assert.deepEqual([without.code, without.stdout], [1, ""]);
    assert.match(without.stderr, /^onescope top: http:\S+ requires a token: .*--token.*ONESCOPE_TOKEN\n$/);
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /rejected the token.*--token/);
    assert.doesNotMatch(wrong.stderr, /guess/);
    assert.deepEqual([given.code, fromEnvironment.code], [0, 0]);
  });

  test("a server that is not there or is another one is named", async () => {
    const gone = await top([`http://127.0.0.1:${await freePort()}`]);
    assert.deepEqual([gone.code, gone.stdout], [1, ""]);
    assert.match(gone.stderr, /^onescope top: cannot reach http:\S+: ECONNREFUSED\n$/);
    for (const [given, said] of /** @type {const} */ ([
      [{ ...data, stalls: undefined }, /responded with 404$/m],
      [{ ...data, stalls: (response) => response.end("<html>") }, /something other than JSON/],
      [
        { ...data, stalls: (response) => response.writeHead(403).end('{"error":"another name\\u001b[2J"}') },
        /responded with 403: another name\?\[2J$/m,
      ],
      [{ ...data, stalls: {} }, /unknown data: is it/],
      [{ ...data, counters: [] }, /unknown data: is it/],
      [{ ...data, inFlight: { ...data.inFlight, inFlight: [1] } }, /unknown data: is it/],
      [{ ...data, counters: (response) => response.writeHead(302, { location: "/in-flight" }).end() }, /cannot reach/],
      [
        {
          ...data,
          counters: (response) => response.writeHead(200, { "content-length": 9 }).flushHeaders() || response.destroy(),
        },
        /lost the connection to http/,
      ],
    ])) {
      const other = await fakeDiagnosticsServer(given);
      const { code, stdout, stderr } = await top([other.url]);
      await other.stop();
      assert.deepEqual([code, stdout], [1, ""]);
      assert.match(stderr, said);
    }
  });

  test("a server whose data has other types gets one line", async () => {
    const object = { toString: 1, valueOf: 1 };
    const thread = { thread: 0, blockedMs: 5, suspect: null };
    const stall = data.stalls.stalls[0];
    for (const [what, change] of /** @type {Array<["inFlight" | "stalls", object]>} */ ([
      ...["pid", "now", "total", "threads"].map((key) => ["inFlight", { [key]: object }]),
      ...[{ thread: object }, { blockedMs: "5" }, { suspect: {} }, { suspect: [null] }].map((each) => [
        "inFlight",
        { threads: [{ ...thread, ...each }] },
      ]),
      ...[{ thread: object }, { at: object }, { request: {} }, { call: object }, { stack: "s" }].map((each) => [
        "stalls",
        { stalls: [{ ...stall, ...each }] },
      ]),
      ["stalls", { stalls: [{ onescope: "stall" }] }],
    ])) {
      const other = await fakeDiagnosticsServer({ ...data, [what]: { ...data[what], ...change } });
      const { code, stdout, stderr } = await top([other.url]);
      await other.stop();
      assert.deepEqual([code, stdout], [1, ""], JSON.stringify(change));
      assert.match(stderr, /^onescope top: http:\S+ responded with unknown data: is it [^\n]+\n$/);
    }
  });

  test("data that is nested too deeply to be printed gets one line", async () => {
    const counters = `{"created":${"[".repeat(500_000)}${"]".repeat(500_000)}}`;
    const other = await fakeDiagnosticsServer({ ...data, counters: (response) => response.end(counters) });
    const { code, stdout, stderr } = await top([other.url, "--json"]);
    await other.stop();
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /^onescope top: http:\S+ responded with unknown data: is it [^\n]+\n$/);
  });

  test("a response that is too large is not read to its end", async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 2 ** 20, " "));
    const sent = { bytes: 0, encoding: "" };
    for (const respond of /** @type {Array<(response: import("node:http").ServerResponse) => void>} */ ([
      (response) => response.setHeader("content-encoding", "gzip").end(bomb),
      (response) => response.writeHead(500, { "content-encoding": "gzip" }).end(bomb),
      (response) => {
        sent.encoding = String(response.req.headers["accept-encoding"]);
        const endless = new Readable({
          read() {
            sent.bytes += 65_536;
            this.push(Buffer.alloc(65_536, "["));
          },
        });
        pipeline(endless, response, () => {});
      },
    ])) {
      const other = await fakeDiagnosticsServer({ ...data, counters: respond });
      const { code, stdout, stderr } = await top([other.url]);
      await other.stop();
      assert.deepEqual([code, stdout], [1, ""]);
      assert.match(stderr, /^onescope top: http:\S+ responded with (more than 4 MiB: is it [^\n]+|500)\n$/);
    }
    assert.equal(sent.encoding, "identity");
    assert.ok(sent.bytes < 32 * 2 ** 20, `${sent.bytes}`);
  });

  test("what makes no sense ends with 2 and names --help", async () => {
    for (const args of [
      ["ftp://127.0.0.1"],
      ["http://user:secret@127.0.0.1"],
      ["http://"],
      ["a", "b"],
      ["--interval", "0"],
      ["--interval", "soon"],
      ["--limit", "0"],
      ["--limit", "1.5"],
      ["--once", "--interval", "1"],
      ["--token", "two words"],
      ["--frequency", "1"],
    ]) {
      const { code, stdout, stderr } = await top(args);
      assert.deepEqual([code, stdout], [2, ""], args.join(" "));
      assert.match(stderr, /^onescope top: .*onescope top --help/s);
    }
    const { code, stdout } = await top(["--help"]);
    assert.equal(code, 0);
    assert.match(stdout, /^usage: onescope top .*http:\/\/127\.0\.0\.1:9464/s);
  });
});

describe("onescope top in a terminal", { skip: skip || noTerminal }, () => {
  /** @param {import("node:test").TestContext} t @param {string[]} args */
  function open(t, args) {
    const options = { columns: 100, rows: 30, env: { ONESCOPE_TOKEN: undefined } };
    const terminal = inTerminal([BIN, "top", ...args], options);
    t.after(() => terminal.kill());
    return terminal;
  }

  /** @param {import("node:test").TestContext} t @param {Parameters<typeof fakeDiagnosticsServer>} args */
  async function serve(t, ...args) {
    const server = await fakeDiagnosticsServer(...args);
    t.after(() => server.stop());
    return server;
  }

  for (const [name, end, expected] of /** @type {const} */ ([
    ["q", (terminal) => terminal.press("q"), 0],
    ["Ctrl-C", (terminal) => terminal.press("\x03"), 0],
    ["SIGTERM", (terminal) => terminal.signal(15), 143],
  ])) {
    test(`shows the table until ${name}, and leaves the terminal as it was`, async (t) => {
      const server = await serve(t, blockedData());
      const terminal = open(t, [server.url]);
      await terminal.shows(/POST \/日本語/);
      const shown = screenOf(terminal.output());
      assert.deepEqual([shown.other, shown.cursor], [true, false]);
      assert.deepEqual(shown.lines.slice(-2), [
        "   9   40 ms  900 ms  active  other         1  POST /日本語",
        "… and 2 more",
      ]);
      end(terminal);
      assert.deepEqual(await terminal.ended, { code: expected, same: true });
      const { other, cursor, wraps } = screenOf(terminal.output());
      assert.deepEqual({ other, cursor, wraps }, { other: false, cursor: true, wraps: true });
    });
  }

  test("follows the server, also over its end and its return", async (t) => {
    const data = blockedData();
    const server = await serve(t, data);
    const terminal = open(t, [server.url, "--interval", "0.1"]);
    await terminal.shows(/GET \/slow/);
    data.inFlight.inFlight[0].label = "GET /other";
    await terminal.shows(/GET \/other/);
    await server.stop();
    await terminal.shows(/cannot reach \S+: ECONNREFUSED; retrying/);
    // What was known last stays. The screen comes in pieces.
    const known = await until(
      () => screenOf(terminal.output()).lines,
      (lines) => lines.some((line) => line.includes("GET /other")),
    );
    assert.ok(
      known.some((line) => line.includes("GET /other")),
      known.join("\n"),
    );
    data.inFlight.inFlight[0].label = "GET /again";
    const from = terminal.output().length;
    await serve(t, data, { port: server.port });
    await terminal.shows(/GET \/again/, from);
    const again = await until(
      () => screenOf(terminal.output()).lines,
      (lines) => !lines.some((line) => line.includes("retrying")),
    );
    assert.ok(!again.some((line) => line.includes("retrying")), again.join("\n"));
    terminal.press("q");
    assert.deepEqual(await terminal.ended, { code: 0, same: true });
  });

  test("a terminal of any size shows lines that fit it", async (t) => {
    const data = blockedData();
    for (let id = 10; id < 60; id++) {
      data.inFlight.inFlight.push({
        ...data.inFlight.inFlight[1],
        id,
        label: `GET /日本語/👩‍👩‍👧/${"x".repeat(id)}`,
      });
    }
    data.inFlight.total = 500;
    const server = await serve(t, data);
    const terminal = open(t, [server.url, "--interval", "60"]);
    await terminal.shows(/and \d+ more/);
    for (const [columns, rows] of [
      [40, 12],
      [200, 50],
      [17, 5],
      [3, 2],
      [80, 24],
    ]) {
      const from = terminal.output().length;
      terminal.resize(columns, rows);
      const drawn = await until(
        () => screenOf(terminal.output().slice(from)).lines,
        (lines) => lines.length === rows && (columns < 40 || /^… and \d+ more$/.test(lines[rows - 1])),
      );
      assert.equal(drawn.length, rows);
      for (const line of drawn) assert.ok(widthOf(line) <= columns, `${columns}: ${line}`);
      if (columns < 40) continue;
      const requests = drawn.slice(drawn.findIndex((line) => line.endsWith("LABEL")) + 1, -1);
      assert.ok(requests[0].startsWith("> "), "what blocks a thread comes first");
      assert.equal(drawn.at(-1), `… and ${500 - requests.length} more`);
    }
    terminal.press("q");
    assert.equal((await terminal.ended).code, 0);
  });

  test("a token that is missing ends it", async (t) => {
    const server = await serve(t, blockedData(), { token: "s3cret" });
    const terminal = open(t, [server.url]);
    assert.deepEqual(await terminal.ended, { code: 1, same: true });
    assert.match(terminal.output().split("\x1b[?1049l").at(-1) ?? "", /requires a token: .*--token/);
  });

  test("--once prints plain text", async (t) => {
    const server = await serve(t, blockedData());
    const terminal = open(t, [server.url, "--once"]);
    assert.equal((await terminal.ended).code, 0);
    assert.ok(!terminal.output().includes("\x1b"));
    assert.match(terminal.output(), /GET \/slow/);
  });
});

test("times are short, and text is cut where it fits", () => {
  assert.deepEqual(
    [0, 999, 1000, 59_999, 60_000, 3_599_999, 3_600_000, 86_400_000, 90_000_000, Number.NaN, "1", undefined].map(
      duration,
    ),
    ["0 ms", "999 ms", "1.0 s", "59.9 s", "1m 00s", "59m 59s", "1h 00m", "1d 00h", "1d 01h", "?", "?", "?"],
  );
  for (const text of ["plain", "日本語", "a日b本c", "𠀀𠀁𠀂", "👩‍👩‍👧👩‍👩‍👧", "e\u0301e\u0301e\u0301"]) {
    for (let width = 0; width <= 12; width++) {
      const fitting = cut(text, width);
      assert.ok(widthOf(fitting) <= width && fitting.isWellFormed(), `${width}: ${fitting}`);
      assert.ok(fitting === text || widthOf(text) > width);
    }
  }
});
