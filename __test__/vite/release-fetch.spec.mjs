import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { KNOWN_VERSIONS } from "../../js/vite/known-versions.js";
import { fetchRelease } from "../../scripts/vinext/release.mjs";
import { runNode } from "../_support/run.mjs";

// npm's registry is a server of this spec's.

const COMMAND = fileURLToPath(new URL("../../scripts/vinext.mjs", import.meta.url));
const KNOWN = Object.keys(KNOWN_VERSIONS);
const folder = mkdtempSync(join(tmpdir(), "onescope-fetch-"));
after(() => rmSync(folder, { recursive: true }));

mkdirSync(join(folder, "package"));
writeFileSync(join(folder, "package/package.json"), JSON.stringify({ name: "vinext", version: "9.0.0" }));
execFileSync("tar", ["-czf", "vinext.tgz", "package"], { cwd: folder });
const archive = readFileSync(join(folder, "vinext.tgz"));

let requests = 0;
const registry = createServer((request, response) => {
  requests++;
  if (request.url !== "/vinext") return void response.end(archive);
  const version = { name: "vinext", version: "9.0.0", dist: { tarball: `${origin}/vinext.tgz` } };
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify({ name: "vinext", "dist-tags": { latest: "9.0.0" }, versions: { "9.0.0": version } }));
}).listen(0, "127.0.0.1");
await new Promise((resolve) => registry.once("listening", resolve));
after(() => registry.close().closeAllConnections());
const origin = `http://127.0.0.1:${registry.address().port}`;

/** What npm's settings are in this process and in those that it starts. */
const settings = { npm_config_registry: origin, npm_config_cache: join(folder, "npm") };
Object.assign(process.env, settings);

/** Nobody listens there. */
const OFF = {
  npm_config_registry: "http://127.0.0.1:1",
  npm_config_cache: join(folder, "empty"),
  npm_config_fetch_retries: "0",
};

const command = (args, env = {}) => runNode([COMMAND, ...args], { env });

/** The command runs on one Node, and takes a while. */
const elsewhere = !process.version.startsWith("v22.") || process.env.ONESCOPE_BACKEND === "js";

describe("the command", { skip: elsewhere }, () => {
  test("a release is fetched once, and then taken from the cache", async () => {
    const cache = join(folder, "cache");
    const lines = [];
    const progress = (line) => lines.push(line);
    const fetched = await fetchRelease("9.0.0", { cache, progress });
    assert.equal(JSON.parse(readFileSync(join(fetched, "package.json"), "utf8")).version, "9.0.0");
    assert.deepEqual(readdirSync(join(cache, "9.0.0")), ["package"]);
    const before = requests;
    assert.equal(await fetchRelease("9.0.0", { cache, progress }), fetched);
    assert.deepEqual([requests, lines], [before, ["fetching vinext 9.0.0"]]);
  });

  test("without a version, the command lists the known ones and the newest on npm", async () => {
    const { code, stdout } = await command([]);
    assert.equal(code, 0);
    assert.equal(stdout, `known: ${KNOWN.join(", ")}\nnewest on npm: 9.0.0 (not known: npm run vinext -- 9.0.0)\n`);
  });

  test("a version that npm does not have ends with 3", async () => {
    const { code, stderr } = await command(["8.0.0"]);
    assert.match(stderr, /vinext: npm has no such version/);
    assert.equal(code, 3);
  });

  test("without the network the command says so and ends with 3, and still lists the known versions", async () => {
    for (const args of [[], ["8.0.1"]]) {
      const { code, stdout, stderr } = await command(args, OFF);
      assert.match(stderr, /vinext: npm could not be reached \(ECONNREFUSED: /);
      assert.equal(code, 3);
      assert.equal(stdout, args.length === 0 ? `known: ${KNOWN.join(", ")}\n` : "");
    }
  });

  test("a known version needs nothing, and no network", async () => {
    const { code, stdout } = await command([KNOWN[0]], OFF);
    assert.match(stdout, new RegExp(`^vinext ${KNOWN[0]} is known: nothing to do`));
    assert.equal(code, 0);
  });

  test("wrong usage ends with 2 and shows the right one, which --help shows too", async () => {
    const help = await command(["--help"]);
    assert.equal(help.code, 0);
    assert.match(help.stdout, /^usage: npm run vinext/);
    for (const args of [["latest"], ["v1.4.0"], ["1.4"], ["1.4.0", "1.5.0"], ["--unheard"], ["../1.4.0"]]) {
      const { code, stderr } = await command(args);
      assert.equal(code, 2, args.join(" "));
      assert.ok(stderr.endsWith(`\n\n${help.stdout}`), stderr);
    }
  });
});
