// Real launchers with `NODE_OPTIONS=--import=onescope/auto`: what serves is listed and records, what launches is not.
// `npm run test:launchers` runs it.

import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { existsSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { before, test } from "node:test";
import { promisify } from "node:util";
import { install, ROOT } from "../../../scripts/setup.mjs";
import { launch, shellEnvironment } from "../../_support/auto/launch.mjs";
import { autoHome, listed } from "../../_support/auto/start-auto.mjs";
import { readFlight } from "../../_support/flights.mjs";
import { request } from "../../_support/http.mjs";
import { freePort } from "../../_support/server.mjs";
import { until } from "../../_support/wait.mjs";

const HERE = import.meta.dirname;

before(() => {
  install(`${HERE}/`);
  const link = join(HERE, "node_modules/onescope");
  if (!existsSync(link)) symlinkSync(ROOT, link, "junction");
  execFileSync("npx", ["next", "build"], {
    cwd: HERE,
    env: shellEnvironment({ NODE_OPTIONS: "", NEXT_TELEMETRY_DISABLED: "1" }),
    stdio: ["ignore", "ignore", "inherit"],
  });
});

for (const command of ["start", "dev"]) {
  test(`npx next ${command}`, async (t) => {
    const { env, flights } = autoHome(t);
    const port = String(await freePort());
    const options = { cwd: HERE, env: { ...env, NEXT_TELEMETRY_DISABLED: "1" }, url: `http://127.0.0.1:${port}/` };
    const { status, output } = await launch(t, ["npx", "next", command, "-p", port], options);
    assert.equal(status, 200, output());
    const found = await until(
      () => listed(env),
      ([each]) => each?.inFlight === 0,
    );
    assert.equal(found.length, 1, JSON.stringify(found));
    assert.match(found[0].command, /^next-server/);
    assert.equal(flights().length, 1);
    assert.match((await request(`${found[0].url}counters`)).text, /"created":[1-9]/);
  });
}

test("PM2, a cluster of two", async (t) => {
  const { env, flights, home } = autoHome(t);
  const port = String(await freePort());
  const environment = { ...env, PM2_HOME: join(home, "pm2"), PORT: port };
  const pm2 = (/** @type {string[]} */ ...args) =>
    promisify(execFile)(join(HERE, "node_modules/.bin/pm2"), args, { cwd: HERE, env: shellEnvironment(environment) });
  // Before its home is removed: without that, PM2 does not find its daemon.
  try {
    await pm2("start", "server.mjs", "-i", "2");
    const two = await until(
      () => listed(env),
      (found) => found.filter(({ inFlight }) => inFlight === 0).length === 2,
    );
    assert.equal(new Set(two.map((each) => each.port)).size, 2);
    assert.equal(flights().length, 2);
    const workers = two.map(({ pid }) => pid);
    assert.ok(workers.includes(Number((await request(`http://127.0.0.1:${port}/`)).text)));
    // PM2 starts another one, and the recording says what the killed one did.
    process.kill(workers[0], "SIGKILL");
    await until(
      () => listed(env),
      (found) => found.length === 2 && found.every(({ pid }) => pid !== workers[0]),
    );
    const recording = await readFlight(dirname(two[0].recording));
    assert.deepEqual([recording.pid, recording.endedCleanly], [workers[0], false]);
  } finally {
    await pm2("kill");
  }
});
