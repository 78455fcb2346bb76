import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { connect } from "node:http2";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { histograms, inFlight, trackRequests } from "../../js/inspect.js";
import { backend } from "../../js/store/backend.js";
import { until } from "../_support/wait.mjs";
import { apps } from "../frameworks/apps.mjs";

// Labels are routes, whichever framework responds, and nobody configures anything.

// Hono is looked for from the program's main file.
process.argv[1] = fileURLToPath(new URL("../frameworks/serve.mjs", import.meta.url));
const tracking = trackRequests();
after(() => tracking.stop());

/** @typedef {[target: string, status: number, whileItRuns: string | undefined, over: string]} Case `undefined` where no handler responds */

/** @type {Case[]} */
const EXPRESS = [
  ["/api", 200, "GET /api", "GET /api"],
  ["/api/users/1", 200, "GET /api/users/:id", "GET /api/users/:id"],
  ["/api/users/caf%C3%A9%2F?token=secret", 200, "GET /api/users/:id", "GET /api/users/:id"],
  ["/tenants/acme/users/1", 200, "GET /tenants/:tenant/users/:id", "GET /tenants/:tenant/users/:id"],
  ["/api/thrown/1", 500, "GET /api/thrown/:id", "GET /api/thrown/:id"],
  ["/tenants/acme/thrown/1", 500, "GET /tenants/:tenant/thrown/:id", "GET /tenants/:tenant/thrown/:id"],
  ["/api/two", 200, "GET /api/one,/two", "GET /api/one,/two"],
  ["/api/expression7", 200, "GET /api/^\\/expression(\\d+)$/", "GET /api/^\\/expression(\\d+)$/"],
  ["/API/teams/a/posts/2", 200, "GET /api/teams/:team/posts/:post", "GET /api/teams/:team/posts/:post"],
  ["/guarded/1", 200, "GET /guarded/:id", "GET /guarded/:id"],
  ["/static/package.json", 200, undefined, "GET /static/*"],
  ["/static/missing", 404, undefined, "GET (no route)"],
  ["/admin/thrown/1", 500, "GET /*/thrown/:id", "GET /*/thrown/:id"],
  ["/admin/pages/3", 200, "GET /admin/pages/:page", "GET /admin/pages/:page"],
  ["/routed/somewhere/pages/3", 200, "GET /*/pages/:page", "GET /*/pages/:page"],
  ["/denied/someone", 401, "GET /denied/someone", "GET /denied/:who/*"],
  ["/missing", 404, undefined, "GET (no route)"],
];

/** @type {Case[]} */
const FASTIFY = [
  ["/api/users/1", 200, "GET /api/users/:id", "GET /api/users/:id"],
  ["/api/users/caf%C3%A9", 200, "GET /api/users/:id", "GET /api/users/:id"],
  ["/api/users/denied", 401, "GET /api/users/:id", "GET /api/users/:id"],
  ["/api/thrown/1", 500, "GET /api/thrown/:id", "GET /api/thrown/:id"],
  ["/api/valid", 400, "GET /api/valid", "GET /api/valid"],
  ["/static/a/b.css", 200, "GET /static/*", "GET /static/*"],
  ["/missing", 404, undefined, "GET (no route)"],
];

/** @type {Case[]} */
const KOA = [
  ["/api/users/me", 200, "GET /api/users/me", "GET /api/users/me"],
  ["/api/users/1", 200, "GET /api/users/:id", "GET /api/users/:id"],
  ["/api/users/denied", 401, "GET /api/users/:id", "GET /api/users/:id"],
  ["/api/thrown/1", 500, "GET /api/thrown/:id", "GET /api/thrown/:id"],
  ["/api/teams/a/posts/1", 200, "GET /api/teams/:team/posts/:id", "GET /api/teams/:team/posts/:id"],
  ["/admin/pages/1", 200, "GET /admin/pages/:id", "GET /admin/pages/:id"],
  ["/missing", 404, undefined, "GET (no route)"],
];

/** @type {Case[]} */
const HONO = [
  ["/api/users/1", 200, "GET /api/users/:id", "GET /api/users/:id"],
  ["/api/users/2", 200, "GET /api/users/:id", "GET /api/users/:id"],
  ["/api/users/denied", 401, "GET /api/users/:id", "GET /api/users/:id"],
  ["/api/thrown/1", 500, "GET /api/thrown/:id", "GET /api/thrown/:id"],
  ["/api/teams/a/posts/1", 200, "GET /api/teams/:team/posts/:post", "GET /api/teams/:team/posts/:post"],
  ["/self", 200, "GET /self", "GET /self"],
  ["/static/a/b.css", 200, "GET /static/*", "GET /static/*"],
  ["/api/missing", 404, undefined, "GET /api/*"],
  ["/missing", 404, undefined, "GET (no route)"],
];

/** @type {Case[]} */
const NEST = [
  ["/api/users/1", 200, "GET /api/users/:id", "GET /api/users/:id"],
  ["/api/thrown/1", 500, undefined, "GET /api/thrown/:id"],
  ["/missing", 404, undefined, "GET (no route)"],
];

/** @type {Record<string, Case[]>} by app */
const CASES = {
  "Express 4": EXPRESS,
  "Express 5.1": EXPRESS,
  "Express 5": EXPRESS,
  Fastify: FASTIFY,
  Koa: KOA,
  "Koa, HTTP/2": KOA,
  Hono: HONO,
  "Hono, HTTP/2": HONO,
  "Nest on Express": NEST,
  "Nest on Fastify": NEST,
};

/** @returns {Map<string, number>} closed requests by label */
const counts = () => new Map(histograms().map(({ label, count }) => [label, count]));

/**
 * @param {string} origin
 * @param {string} target
 * @param {Record<string, string>} headers
 */
async function request(origin, target, headers) {
  const response = await fetch(origin + target, { headers });
  return { status: response.status, text: await response.text() };
}

/** @type {typeof request} over HTTP/2 */
async function requestHttp2(origin, target, headers) {
  const session = connect(origin);
  const stream = session.request({ ":path": target, ...headers });
  const [head] = await once(stream, "response");
  const text = (await stream.setEncoding("utf8").toArray()).join("");
  session.close();
  return { status: head[":status"], text };
}

for (const [name, cases] of Object.entries(CASES)) {
  test(`${name}: labels are routes`, async (t) => {
    const { origin, close } = await apps[name]();
    t.after(close);
    for (const [target, status, running, over] of cases) {
      const before = counts();
      const send = name.endsWith("HTTP/2") ? requestHttp2 : request;
      const headers = target.endsWith("/denied") ? { authorization: "none" } : {};
      const { text, ...response } = await send(origin, target, headers);
      assert.equal(response.status, status, target);
      if (running !== undefined) assert.equal(text, running, target);
      const count = (before.get(over) ?? 0) + 1;
      const found = await until(counts, (now) => now.get(over) === count);
      assert.equal(found.get(over), count, `${target}: ${JSON.stringify([...found])}`);
    }
    assert.deepEqual(inFlight(), []);
  });
}

/**
 * @param {import("node:test").TestContext} t
 * @param {string[]} args of serve.mjs
 */
async function start(t, ...args) {
  const directory = mkdtempSync(join(tmpdir(), "onescope-routes-"));
  const script = new URL("../frameworks/serve.mjs", import.meta.url).pathname;
  const child = spawn(process.execPath, [script, args[0], directory, ...args.slice(1)]);
  t.after(() => {
    child.kill("SIGKILL");
    rmSync(directory, { recursive: true, force: true });
  });
  /** @type {any[]} */
  const stalls = [];
  createInterface(child.stderr).on("line", (line) => {
    if (line.startsWith('{"onescope":"stall"')) stalls.push(JSON.parse(line));
    else t.diagnostic(line);
  });
  const [origin] = await once(createInterface(child.stdout), "line");
  const flight = () => {
    const [file] = readdirSync(directory).filter((each) => each.endsWith(".flight"));
    return /** @type {any} */ (backend.recorder).readFlight(join(directory, file));
  };
  return { child, origin, stalls, flight };
}

/** @param {any} flight */
const labelsOf = (flight) => flight.inFlight.map((/** @type {any} */ { label }) => label);

for (const name of ["Express 5", "Fastify", "Koa", "Hono"]) {
  test(`${name}: stall lines name the route, and so does the recording of a killed process`, async (t) => {
    const { child, origin, stalls, flight } = await start(t, name);
    const sent = fetch(`${origin}/api/users/hang`).catch(() => {});
    for (const how of ["block", "wait"]) {
      // A thread counts as blocked only after a heartbeat.
      await new Promise((resolve) => setTimeout(resolve, 150));
      await (await fetch(`${origin}/api/users/${how}`)).text();
    }
    // On a busy machine there can be others.
    const busy = () => stalls.filter(({ stack }) => stack[0]?.startsWith("block "));
    const waiting = () => stalls.filter(({ call }) => call === "Atomics.wait");
    await until(
      () => [busy(), waiting()],
      ([first, second]) => first.length > 0 && second.length > 0,
    );
    const reported = [...busy(), ...waiting()];
    assert.deepEqual([...new Set(reported.map(({ request }) => request?.label))], ["GET /api/users/:id"]);
    assert.ok(busy().length > 0 && waiting().length > 0, JSON.stringify(stalls));
    // The blocked ones close a turn after their responses.
    await until(
      () => labelsOf(flight()),
      (labels) => labels.length === 1,
    );
    child.kill("SIGKILL");
    await once(child, "exit");
    await sent;
    assert.deepEqual(labelsOf(flight()), ["GET /api/users/:id"]);
  });
}

test("a recording has routes without a watch", async (t) => {
  const { child, origin, flight } = await start(t, "Express 5", "record");
  const sent = fetch(`${origin}/api/users/hang`).catch(() => {});
  await until(
    () => labelsOf(flight()),
    (labels) => labels[0] === "GET /api/users/:id",
  );
  child.kill("SIGKILL");
  await once(child, "exit");
  await sent;
  assert.deepEqual(labelsOf(flight()), ["GET /api/users/:id"]);
});
