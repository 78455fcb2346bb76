import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { backend } from "../../js/index.js";
import { blockedData, fakeDiagnosticsServer } from "../_support/fake-diagnostics.mjs";
import { inheritedFlags, ROOT, runNode } from "../_support/run.mjs";
import { until } from "../_support/wait.mjs";

const PROGRAM = fileURLToPath(new URL("../_support/listed.mjs", import.meta.url));
const BIN = join(ROOT, "bin/onescope.mjs");
/** Not in the arguments, which every user of the machine can read. */
const TOKEN = "a-token-of-some-length";
const SERVE = { port: 0 };

/** @typedef {Record<string, string | undefined>} Environment */

/**
 * @param {import("node:test").TestContext} t
 * @returns {{ home: string, registry: string, env: Environment }} an empty home, and a registry for this test alone
 */
function ownRegistry(t) {
  const home = mkdtempSync(join(tmpdir(), "onescope-ps-"));
  t.after(() => rmSync(home, { recursive: true, force: true }));
  const registry = join(home, "registry");
  return { home, registry, env: { ONESCOPE_RUNTIME_DIR: registry, ONESCOPE_TOKEN: undefined } };
}

/**
 * @param {import("node:test").TestContext} t
 * @param {object} what argument of listed.mjs
 * @param {Environment} env
 */
async function start(t, what, env) {
  const child = spawn(process.execPath, [...inheritedFlags(), PROGRAM, JSON.stringify(what)], {
    cwd: ROOT,
    env: { ...process.env, NODE_OPTIONS: "", NODE_TEST_CONTEXT: undefined, ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  t.after(() => child.kill("SIGKILL"));
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text) => (stderr += text));
  const [line] = await once(child.stdout, "data");
  return {
    ...JSON.parse(line),
    pid: /** @type {number} */ (child.pid),
    child,
    stderr: () => stderr,
    async stop(/** @type {"server" | "recording"} */ what) {
      child.stdin.write(what);
      await once(child.stdout, "data");
    },
    async end(/** @type {NodeJS.Signals | undefined} */ signal) {
      if (signal === undefined) child.stdin.end();
      else child.kill(signal);
      await once(child, "exit");
    },
  };
}

/** @param {string[]} args @param {Environment} env */
const onescope = (args, env) => runNode([BIN, ...args], { env });

/** @param {Environment} env */
async function ps(env) {
  const { code, stdout, stderr } = await onescope(["ps", "--json"], env);
  assert.deepEqual([code, stderr], [0, ""]);
  return JSON.parse(stdout);
}

/** @param {string} path @param {number} seconds since it was written */
function age(path, seconds) {
  const time = Date.now() / 1000 - seconds;
  utimesSync(path, time, time);
}

/** @param {Environment} env */
const pids = async (env) => (await ps(env)).map((/** @type {any} */ { pid }) => pid);

describe("onescope ps", { skip: backend !== "native" }, () => {
  test("lists what serves and what records, and what is in flight", async (t) => {
    const { home, registry, env } = ownRegistry(t);
    const empty = await onescope(["ps"], env);
    assert.deepEqual([empty.code, empty.stdout], [0, ""]);
    assert.match(empty.stderr, /^no process of this user runs serve\(\)/);
    const first = await start(t, { serve: SERVE }, { ...env, TEST_TOKEN: TOKEN });
    const second = await start(t, { serve: SERVE, record: { directory: join(home, "flights") } }, env);
    const third = await start(t, { record: { directory: join(home, "flights") } }, env);
    const listed = await ps(env);
    const port = (/** @type {string} */ url) => Number(new URL(url).port);
    assert.deepEqual(
      listed.map((/** @type {any} */ each) => [each.pid, each.port, each.recording, each.inFlight, each.blocked]),
      [
        [first.pid, port(first.url), null, 0, []],
        [second.pid, port(second.url), second.recording, 0, []],
        [third.pid, null, third.recording, null, null],
      ],
    );
    assert.equal(listed[0].cwd, ROOT.replace(/\/$/, ""));
    assert.match(listed[0].command, /^node __test__\/_support\/listed\.mjs \{/);
    assert.doesNotMatch(JSON.stringify(listed), new RegExp(TOKEN));
    const { stdout } = await onescope(["ps"], env);
    const [heading, ...rows] = stdout.trimEnd().split("\n");
    assert.match(heading, /^ *PID {2}COMMAND +PORT {2}IN FLIGHT {2}BLOCKED$/);
    assert.match(rows[0], new RegExp(`^ *${first.pid} {2}node __test__/.* ${port(first.url)} +0 {2}no$`));
    assert.match(rows[2], new RegExp(`^ *${third.pid} {2}node .* - +- {2}- \\(no diagnostics server\\)$`));
    // Nobody else may read it: tokens are in it.
    assert.equal(statSync(registry).mode & 0o777, 0o700);
    for (const name of readdirSync(registry)) assert.equal(statSync(join(registry, name)).mode & 0o777, 0o600, name);
  });

  test("says that a process does not respond", async (t) => {
    const { env } = ownRegistry(t);
    const { pid, child } = await start(t, { serve: SERVE }, env);
    child.kill("SIGSTOP");
    const [listed] = await ps(env);
    assert.deepEqual([listed.pid, listed.inFlight, listed.blocked], [pid, null, null]);
    assert.match(listed.problem, /^cannot reach http:.*: no response within 2 s$/);
    assert.match((await onescope(["ps"], env)).stdout, /- {2}cannot reach http:.*: no response within 2 s$/m);
    child.kill("SIGCONT");
    assert.equal((await ps(env))[0].problem, null);
  });

  test("forgets servers that were stopped, exited or were killed", async (t) => {
    const { registry, env } = ownRegistry(t);
    const stopped = await start(t, { serve: SERVE }, env);
    const exits = await start(t, { serve: SERVE }, env);
    const killed = await start(t, { serve: SERVE }, env);
    assert.deepEqual(await pids(env), [stopped.pid, exits.pid, killed.pid]);
    await stopped.stop("server");
    await exits.end(undefined);
    assert.equal(readdirSync(registry).length, 1);
    await killed.end("SIGKILL");
    assert.deepEqual(await pids(env), []);
    assert.deepEqual(readdirSync(registry), []);
  });

  test("does not take a process for an ended one that had its id", {
    skip: process.platform !== "linux",
  }, async (t) => {
    const { registry, env } = ownRegistry(t);
    const { pid, url } = await start(t, { serve: SERVE }, env);
    const [name] = readdirSync(registry);
    const before = JSON.parse(readFileSync(join(registry, name), "utf8"));
    const reused = { ...before, pid, start: "1" };
    writeFileSync(join(registry, `${pid}-1.server`), JSON.stringify(reused), { mode: 0o600 });
    assert.deepEqual(
      (await ps(env)).map((/** @type {any} */ each) => each.url),
      [url],
    );
    assert.deepEqual(readdirSync(registry), [name]);
    // In another container, ids are those of other processes: neither listed nor removed.
    const elsewhere = JSON.stringify({ ...before, pid: 1, start: "1", namespace: "pid:[1]" });
    writeFileSync(join(registry, "1-1.server"), elsewhere, { mode: 0o600 });
    assert.deepEqual(await pids(env), [pid]);
    assert.equal(readdirSync(registry).length, 2);
    // Living ones write theirs again.
    age(join(registry, "1-1.server"), 13 * 3600);
    assert.deepEqual(await pids(env), [pid]);
    assert.deepEqual(readdirSync(registry), [name]);
  });

  test("leaves a file alone that is being written", async (t) => {
    const { registry, env } = ownRegistry(t);
    const { pid } = await start(t, { serve: SERVE }, env);
    const [name] = readdirSync(registry);
    const unfinished = `${2 ** 30}-1.server.0`;
    writeFileSync(join(registry, unfinished), "{", { mode: 0o600 });
    assert.deepEqual(await pids(env), [pid]);
    assert.deepEqual(readdirSync(registry).sort(), [unfinished, name].sort());
    age(join(registry, unfinished), 61);
    await ps(env);
    assert.deepEqual(readdirSync(registry), [name]);
  });

  test("leaves out a recording that was stopped, which last-flight still finds", async (t) => {
    const { home, env } = ownRegistry(t);
    const what = { record: { directory: join(home, "flights") } };
    const serves = await start(t, { ...what, serve: SERVE }, env);
    const only = await start(t, what, env);
    await serves.stop("recording");
    await only.stop("recording");
    assert.deepEqual(
      (await ps(env)).map((/** @type {any} */ each) => [each.pid, each.recording, each.inFlight]),
      [[serves.pid, null, 0]],
    );
    for (const { pid, recording } of [serves, only]) {
      const { stdout } = await onescope(["last-flight", String(pid)], env);
      assert.match(stdout, new RegExp(`^file +${recording}\n[^]*^ended +by stop\\(\\)$`, "m"));
    }
    await only.end("SIGKILL");
    assert.match((await onescope(["last-flight", String(only.pid)], env)).stdout, /^ended +by stop/m);
  });

  test("reads only regular files of its own form, and shows nothing unsafe", async (t) => {
    const { home, registry, env } = ownRegistry(t);
    const { pid } = await start(t, { serve: SERVE }, env);
    const [name] = readdirSync(registry);
    const own = readFileSync(join(registry, name), "utf8");
    const hostile = JSON.stringify({ ...JSON.parse(own), command: "node \u001b[2J\nx\u202e", url: "http://[" });
    writeFileSync(join(registry, name), hostile);
    writeFileSync(join(home, "linked"), own);
    const { start: started } = JSON.parse(own);
    symlinkSync(join(home, "linked"), join(registry, `${pid}-${started}.recording`));
    writeFileSync(join(registry, `${process.pid}-0.server`), "{}");
    writeFileSync(join(registry, `${process.pid}-0.recording`), "not JSON");
    writeFileSync(join(registry, "README"), "of somebody");
    const [listed, ...others] = await ps(env);
    assert.deepEqual([listed.pid, listed.url, others], [pid, null, []]);
    const { stdout } = await onescope(["ps"], env);
    assert.match(stdout, /^ *\d+ {2}node \?\[2J\?x\? /m);
    assert.ok(existsSync(join(registry, "README")));
  });

  test("explains itself", async () => {
    const { code, stdout } = await onescope(["ps", "--help"], {});
    assert.equal(code, 0);
    assert.match(stdout, /^usage: onescope ps \[--json\]/);
    assert.equal((await onescope(["ps", "x"], {})).code, 2);
  });
});

describe("where processes register", { skip: backend !== "native" }, () => {
  test("sessions and services of one user see each other", async (t) => {
    const { home } = ownRegistry(t);
    const [runtime, temporary] = ["runtime", "temporary"].map((name) => join(home, name));
    for (const path of [runtime, temporary]) mkdirSync(path, { mode: 0o700 });
    const common = { ONESCOPE_RUNTIME_DIR: undefined, TMPDIR: temporary };
    const session = { ...common, XDG_RUNTIME_DIR: runtime };
    const service = { ...common, XDG_RUNTIME_DIR: undefined };
    const { pid } = await start(t, { serve: SERVE }, session);
    const other = await start(t, { serve: SERVE }, service);
    assert.deepEqual(readdirSync(join(runtime, "onescope")).length, 1);
    assert.deepEqual(readdirSync(join(temporary, `onescope-${process.geteuid?.()}`)).length, 1);
    assert.deepEqual(await pids(session), [pid, other.pid]);
    // Not of this user alone: as root, it can be that of another user.
    chmodSync(runtime, 0o755);
    assert.deepEqual(await pids(session), [other.pid]);
  });

  test("where none is usable, one warning says so, and all else works", async (t) => {
    const { home, registry, env } = ownRegistry(t);
    const flights = join(home, "flights");
    const real = join(home, "real");
    mkdirSync(real, { mode: 0o700 });
    const cases = /** @type {Array<[string, () => void, RegExp]>} */ ([
      ["link", () => symlinkSync(real, registry), /is not a directory/],
      ["open to others", () => mkdirSync(registry, { mode: 0o755 }), /is open to other users; run chmod 700 /],
      ["file", () => writeFileSync(registry, ""), /is not a directory/],
    ]);
    for (const [name, make, cause] of cases) {
      make();
      const { url, recording, stderr, end } = await start(t, { serve: SERVE, record: { directory: flights } }, env);
      assert.ok(url && existsSync(recording), name);
      await end();
      assert.match(stderr(), cause, name);
      const lines = stderr()
        .split("\n")
        .filter((line) => line.includes("onescope"));
      assert.equal(lines.length, 1, stderr());
      assert.match(
        lines[0],
        /OnescopeWarning: onescope ps does not list this process: .*Set ONESCOPE_RUNTIME_DIR/,
        name,
      );
      assert.deepEqual(readdirSync(real), [], name);
      rmSync(registry, { recursive: true });
    }
    const missing = await start(t, { serve: SERVE }, { ONESCOPE_RUNTIME_DIR: join(home, "no/such/folder") });
    await missing.end();
    assert.match(missing.stderr(), /does not list this process: ENOENT/);
  });

  test("ONESCOPE_RUNTIME_DIR=off registers nothing, without a word", async (t) => {
    const { home } = ownRegistry(t);
    const env = { ONESCOPE_RUNTIME_DIR: "off", XDG_RUNTIME_DIR: undefined, TMPDIR: home };
    const { stderr, end } = await start(t, { serve: SERVE }, env);
    assert.deepEqual(readdirSync(home), []);
    await end();
    assert.equal(stderr(), "");
  });
});

describe("top and last-flight find processes by themselves", { skip: backend !== "native" }, () => {
  test("top takes the only process, with its token", async (t) => {
    const { env } = ownRegistry(t);
    const only = await start(t, { serve: SERVE }, { ...env, TEST_TOKEN: TOKEN });
    const one = await onescope(["top"], env);
    assert.match(one.stdout, new RegExp(`^onescope top {2}${only.url} {2}pid ${only.pid} `), one.stderr);
    const second = await start(t, { serve: SERVE }, env);
    const several = await onescope(["top"], env);
    assert.deepEqual([several.code, several.stdout], [1, ""]);
    assert.match(several.stderr, /^onescope top: several processes .*: onescope top PID\n +PID {2}COMMAND +URL\n/);
    for (const { pid, url } of [only, second]) {
      assert.match(several.stderr, new RegExp(`^ *${pid} {2}node .* ${url}$`, "m"));
      assert.match((await onescope(["top", String(pid)], env)).stdout, new RegExp(`^onescope top {2}${url} `));
    }
    const none = await onescope(["top", "1"], env);
    assert.equal(none.code, 1);
    assert.match(none.stderr, /^onescope top: process 1 of this user has no diagnostics server; onescope ps lists /);
  });

  test("top takes a token that is given instead of the registered one, and that instead of ONESCOPE_TOKEN", async (t) => {
    const { env } = ownRegistry(t);
    const { pid } = await start(t, { serve: SERVE }, { ...env, TEST_TOKEN: TOKEN });
    const other = { ...env, ONESCOPE_TOKEN: "that-of-another-server" };
    assert.equal((await onescope(["top"], other)).code, 0);
    const given = await onescope(["top", String(pid), "--token", "another-token"], env);
    assert.equal(given.code, 1);
    assert.match(given.stderr, /rejected the token/);
  });

  test("top shows no other process than the one it was asked for", async (t) => {
    const { registry, env } = ownRegistry(t);
    const { pid, url } = await start(t, { serve: SERVE }, env);
    const [name] = readdirSync(registry);
    // Where the start of a process is unknown, a later one can have its id.
    const reused = { ...JSON.parse(readFileSync(join(registry, name), "utf8")), pid: process.pid, start: "0" };
    writeFileSync(join(registry, `${process.pid}-0.server`), JSON.stringify(reused), { mode: 0o600 });
    const { code, stdout, stderr } = await onescope(["top", String(process.pid)], env);
    assert.deepEqual([code, stdout, stderr], [1, "", `onescope top: process ${pid} responds at ${url}\n`]);
    const problems = (await ps(env)).map((/** @type {any} */ each) => [each.pid, each.problem]);
    assert.deepEqual(Object.fromEntries(problems)[process.pid], `process ${pid} responds at ${url}`);
  });

  test("a server whose data has other types is a problem of its process alone", async (t) => {
    const { registry, env } = ownRegistry(t);
    const { pid } = await start(t, { serve: SERVE }, env);
    const data = blockedData();
    const server = await fakeDiagnosticsServer(data);
    t.after(() => server.stop());
    const [name] = readdirSync(registry);
    const listed = JSON.parse(readFileSync(join(registry, name), "utf8"));
    const other = { ...listed, pid: process.pid, start: "0", url: `${server.url}/` };
    writeFileSync(join(registry, `${process.pid}-0.server`), JSON.stringify(other), { mode: 0o600 });
    const [thread] = data.inFlight.threads;
    for (const change of [
      { total: { toString: 1, valueOf: 1 } },
      { threads: [{ ...thread, thread: { toString: 1 } }] },
    ]) {
      Object.assign(data.inFlight, blockedData().inFlight, { pid: process.pid }, change);
      const { code, stdout, stderr } = await onescope(["ps"], env);
      assert.deepEqual([code, stderr], [0, ""]);
      assert.match(stdout, new RegExp(`^ *${pid} .* no$`, "m"));
      assert.match(stdout, new RegExp(`^ *${process.pid} .* http:\\S+ responded with unknown data: is it`, "m"));
    }
  });

  test("last-flight finds the recording of a killed process", async (t) => {
    const { home, env } = ownRegistry(t);
    const [here, there] = ["here", "there"].map((name) => join(home, name));
    const lastFlight = async (/** @type {string[]} */ ...args) => {
      const { code, stdout, stderr } = await runNode(
        ["--import", `data:text/javascript,process.chdir(${JSON.stringify(home)})`, BIN, "last-flight", ...args],
        { env },
      );
      return { code, file: /^file +(.*)$/m.exec(stdout)?.[1], ended: /^ended +(.*)$/m.exec(stdout)?.[1], stderr };
    };
    const none = await lastFlight();
    assert.equal(none.code, 1);
    assert.match(
      none.stderr,
      /^ERR_ONESCOPE_FLIGHT_UNREADABLE: no flight recording in \.onescope\/flights, and none is /,
    );
    const killed = await start(t, { serve: SERVE, record: { directory: here } }, env);
    await killed.end("SIGKILL");
    assert.deepEqual(await pids(env), []);
    assert.deepEqual(await lastFlight(), { code: 0, file: killed.recording, ended: "killed or crashed", stderr: "" });
    // Of the only directory, the newest that has ended.
    const restarted = await start(t, { record: { directory: here } }, env);
    assert.equal((await lastFlight()).file, `${killed.recording}; still recording: ${restarted.recording}`);
    const elsewhere = await start(t, { record: { directory: there } }, env);
    const several = await lastFlight();
    assert.equal(several.code, 1);
    assert.match(
      several.stderr,
      /^ERR_ONESCOPE_FLIGHT_AMBIGUOUS: several directories have flight recordings; choose one: onescope last-flight PID, or /,
    );
    assert.match(several.stderr, new RegExp(`^ *${killed.pid} {2}ended +node .* ${killed.recording}$`, "m"));
    assert.match(several.stderr, new RegExp(`^ *${elsewhere.pid} {2}running +node .* ${elsewhere.recording}$`, "m"));
    assert.equal((await lastFlight(String(killed.pid))).file, killed.recording);
    assert.equal((await lastFlight(String(elsewhere.pid))).ended, "still running");
    // What is gone is not offered.
    rmSync(killed.recording);
    assert.match(
      (await lastFlight(String(killed.pid))).stderr,
      /no flight recording of process \d+: none is registered/,
    );
    // The recordings of this directory come first.
    mkdirSync(join(home, ".onescope"));
    const local = await start(t, { record: { directory: join(home, ".onescope/flights") } }, env);
    await local.end("SIGKILL");
    assert.equal((await lastFlight()).file, `.onescope/flights/${local.recording.split("/").at(-1)}`);
    await until(
      () => pids(env),
      (found) => found.length === 2,
    );
  });
});
