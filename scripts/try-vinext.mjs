// `npm run versions`: see USAGE.

import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { startDevelopment, startProduction } from "../__test__/_support/example.mjs";
import { WAYS } from "../__test__/_support/server.mjs";
import { idPattern } from "../examples/vinext-app/routes.mjs";
import { node24, setup } from "./setup.mjs";
import { build, fates, makeApp, pack } from "./try-vinext/app.mjs";
import { requestConcurrently, requestSequentially } from "./try-vinext/compare.mjs";

/** A choice: the first has no request context yet, the next two no registry of storages. */
const VERSIONS = ["0.0.26", "0.0.31", "0.0.45", "0.0.55", "0.1.8", "0.2.1", "1.0.0-beta.0", "1.0.0-beta.10", "latest"];

setup();

const USAGE = `usage: npm run versions -- [VERSION...]

Tries onescope with versions of vinext, the newest and a choice of older ones unless given: builds the example app with
each, stock and with the plugin, serves both in every way, and compares the answers. Needs the network, and a minute and
a half for each.`;

const { values, positionals } = parseArgs({
  options: { help: { type: "boolean", short: "h", default: false } },
  allowPositionals: true,
});
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}

// Servers and builds run on Node 24; this may have been started on an older one.
if (Number.parseInt(process.versions.node, 10) < 24) {
  process.exit(spawnSync(node24(), process.argv.slice(1), { stdio: "inherit" }).status ?? 1);
}

const node = { path: node24(), flags: [] };

/**
 * Starts a server, asks it for everything, and stops it.
 *
 * @param {Promise<import("../__test__/_support/example.mjs").Server>} starting
 * @param {Set<string>} [failing] routes that stock fails; if not given, those that this server fails
 */
async function interview(starting, failing) {
  const server = await starting;
  try {
    const inTurn = await requestSequentially(server.origin);
    const atOnce = await requestConcurrently(server.origin, failing ?? new Set(inTurn.wrong.keys()));
    const warnings = server
      .output()
      .split("\n")
      .filter((line) => line.includes("[onescope]"));
    return { ...inTurn, atOnce, warnings };
  } finally {
    await server.stop();
  }
}

/**
 * Compares every way with stock.
 *
 * @param {(way: string) => Promise<import("../__test__/_support/example.mjs").Server>} start
 * @param {boolean} asText whether equal answers are the same text; if not, they are right or wrong in the same way
 * @returns {Promise<{ failing: string[], ways: Record<string, string[]>, warnings: number[] }>} routes that stock fails;
 *   what differs, by way; onescope's warnings in the ways with the plugin
 */
async function compareWays(start, asText) {
  const stock = await interview(start("stock"));
  const failing = new Set([...stock.wrong.keys(), ...stock.atOnce.keys()]);
  /** @type {Record<string, string[]>} */
  const ways = {};
  const warnings = [];
  for (const way of Object.keys(WAYS).filter((name) => name !== "stock")) {
    const found = await interview(start(way), failing);
    const seen = asText ? found.texts : found.wrong;
    const expected = asText ? stock.texts : stock.wrong;
    const names = [...found.texts.keys()].filter((name) => hide(seen.get(name)) !== hide(expected.get(name)));
    ways[way] = [...names, ...[...found.atOnce].map(([name, why]) => `${name}, at once: ${why}`)];
    if (!WAYS[way].stock) warnings.push(found.warnings.length);
  }
  const atOnce = [...stock.atOnce].map(([name, why]) => [`${name} at once`, why]);
  return {
    failing: [...stock.wrong, ...atOnce].map(([name, why]) => `${name} (${hide(why)?.replace(/^.*: /, "")})`),
    ways,
    warnings,
  };
}

/** @param {string | undefined} text in which the ids do not matter */
const hide = (text) => text?.replaceAll(idPattern, "rq-ID");

/**
 * @param {string} version
 * @param {string} archive of onescope
 */
async function tryVersion(version, archive) {
  const { folder, versions } = makeApp(version, archive);
  try {
    build(folder, { stock: true });
    const { modules, warnings } = build(folder, { stock: false });
    return {
      versions,
      fates: await fates(folder, modules),
      warnings,
      production: await compareWays((way) => startProduction(node, way, { cwd: folder }), true),
      development: await compareWays((way) => startDevelopment(node, way, { cwd: folder }), false),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {Record<string, string[]>} ways */
function verdict(ways) {
  if (Object.values(ways).every((differences) => differences.length === 0)) return "equal in every way";
  return Object.entries(ways)
    .map(([way, differences]) => `${way} ${differences.length === 0 ? "equal" : `${differences.length} differ`}`)
    .join(", ");
}

/**
 * @param {Record<string, string>} fates by name of a module
 * @returns {string[]} each fate with the modules that met it
 */
function grouped(fates) {
  const groups = Map.groupBy(Object.entries(fates), ([, fate]) => fate);
  return [...groups].map(([fate, entries]) => `${entries.map(([name]) => `\`${name}\``).join(", ")}: ${fate}`);
}

/**
 * @param {Awaited<ReturnType<typeof tryVersion>>} result
 * @returns {number} differences
 */
function print({ versions, fates, warnings, production, development }) {
  console.log(
    Object.entries(versions)
      .map((pair) => pair.join(" "))
      .join(", "),
  );
  for (const line of grouped(fates)) console.log(`  ${line}`);
  console.log(`  warnings: ${warnings.length} in the build, ${development.warnings.join(" and ")} in dev`);
  let differ = 0;
  for (const [mode, { failing, ways }] of Object.entries({ production, development })) {
    console.log(`  ${mode}: ${verdict(ways)}`);
    if (failing.length > 0) console.log(`    stock itself fails ${failing.join("; ")}`);
    for (const [way, differences] of Object.entries(ways)) {
      for (const difference of differences) console.log(`    ${way}: ${difference}`);
      differ += differences.length;
    }
  }
  return differ;
}

const archive = pack();
const rows = [];
let differ = 0;
for (const version of positionals.length > 0 ? positionals : VERSIONS) {
  console.log(`\n== vinext ${version}`);
  try {
    const result = await tryVersion(version, archive);
    const { versions, fates, production, development } = result;
    differ += print(result);
    rows.push([versions.vinext, grouped(fates).join("; "), verdict(production.ways), verdict(development.ways)]);
  } catch (error) {
    console.log(`  ${/** @type {Error} */ (error).message}`);
    rows.push([version, "not tried", "", ""]);
    differ++;
  }
}
rmSync(dirname(archive), { recursive: true, force: true });

console.log("\n| vinext | modules | production | development |\n|---|---|---|---|");
for (const row of rows) console.log(`| ${row.join(" | ")} |`);
process.exit(differ === 0 ? 0 : 1);
