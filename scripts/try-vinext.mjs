// `npm run versions`: see USAGE.

import { spawnSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startDevelopment, startProduction } from "../__test__/_support/example.mjs";
import { VARIANTS } from "../__test__/_support/server.mjs";
import { idPattern } from "../examples/vinext-app/routes.mjs";
import { pack } from "./pack.mjs";
import { node24, setup } from "./setup.mjs";
import { build, fates, makeApp } from "./try-vinext/app.mjs";
import { requestConcurrently, requestSequentially } from "./try-vinext/compare.mjs";

/** A choice: the first has no request context yet, the next two no registry of storages. */
const VERSIONS = ["0.0.26", "0.0.31", "0.0.45", "0.0.55", "0.1.8", "0.2.1", "1.0.0-beta.0", "1.0.0-beta.10", "latest"];

await setup();

const USAGE = `usage: npm run versions -- [VERSION...]

Tries onescope with versions of vinext, the newest and a choice of older ones unless given: builds the example app with
each, stock and with the plugin, serves both in every variant, and compares the responses. Needs the network, and a minute and
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
 * Starts a server, requests every route, and stops it.
 *
 * @param {Promise<import("../__test__/_support/example.mjs").Server>} starting
 * @param {Set<string>} [failing] routes that stock fails; if not given, those that this server fails
 */
async function interview(starting, failing) {
  const server = await starting;
  try {
    const sequential = await requestSequentially(server.origin);
    const concurrent = await requestConcurrently(server.origin, failing ?? new Set(sequential.wrong.keys()));
    const warnings = server
      .output()
      .split("\n")
      .filter((line) => line.includes("[onescope]"));
    return { ...sequential, concurrent, warnings };
  } finally {
    await server.stop();
  }
}

/**
 * Compares every variant with stock.
 *
 * @param {(variant: string) => Promise<import("../__test__/_support/example.mjs").Server>} start
 * @param {boolean} asText whether equal responses are the same text; if not, they are right or wrong alike
 * @returns {Promise<{ failing: string[], variants: Record<string, string[]>, warnings: number[] }>} routes that stock fails;
 *   what differs, by variant; onescope's warnings in the variants with the plugin
 */
async function compareVariants(start, asText) {
  const stock = await interview(start("stock"));
  const failing = new Set([...stock.wrong.keys(), ...stock.concurrent.keys()]);
  /** @type {Record<string, string[]>} */
  const variants = {};
  const warnings = [];
  for (const variant of Object.keys(VARIANTS).filter((name) => name !== "stock")) {
    const found = await interview(start(variant), failing);
    const seen = asText ? found.texts : found.wrong;
    const expected = asText ? stock.texts : stock.wrong;
    const names = [...found.texts.keys()].filter((name) => hide(seen.get(name)) !== hide(expected.get(name)));
    variants[variant] = [...names, ...[...found.concurrent].map(([name, why]) => `${name}, at once: ${why}`)];
    if (!VARIANTS[variant].stock) warnings.push(found.warnings.length);
  }
  const concurrent = [...stock.concurrent].map(([name, why]) => [`${name} at once`, why]);
  return {
    failing: [...stock.wrong, ...concurrent].map(([name, why]) => `${name} (${hide(why)?.replace(/^.*: /, "")})`),
    variants,
    warnings,
  };
}

/** @param {string | undefined} text in which the ids do not matter */
const hide = (text) => text?.replaceAll(idPattern, "rq-ID");

/**
 * @param {string} version
 * @param {Record<string, string>} archives of onescope's packages
 */
async function tryVersion(version, archives) {
  const { folder, versions } = makeApp(version, archives);
  try {
    build(folder, { stock: true });
    const { modules, warnings } = build(folder, { stock: false });
    return {
      versions,
      fates: await fates(folder, modules),
      warnings,
      production: await compareVariants((variant) => startProduction(node, variant, { cwd: folder }), true),
      development: await compareVariants((variant) => startDevelopment(node, variant, { cwd: folder }), false),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {Record<string, string[]>} variants */
function resultOf(variants) {
  if (Object.values(variants).every((differences) => differences.length === 0)) return "equal in every variant";
  return Object.entries(variants)
    .map(
      ([variant, differences]) => `${variant} ${differences.length === 0 ? "equal" : `${differences.length} differ`}`,
    )
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
  for (const [mode, { failing, variants }] of Object.entries({ production, development })) {
    console.log(`  ${mode}: ${resultOf(variants)}`);
    if (failing.length > 0) console.log(`    stock itself fails ${failing.join("; ")}`);
    for (const [variant, differences] of Object.entries(variants)) {
      for (const difference of differences) console.log(`    ${variant}: ${difference}`);
      differ += differences.length;
    }
  }
  return differ;
}

const packed = mkdtempSync(join(realpathSync(tmpdir()), "onescope-pack-"));
const archives = pack({ host: true, out: packed });
const rows = [];
let differ = 0;
for (const version of positionals.length > 0 ? positionals : VERSIONS) {
  console.log(`\n== vinext ${version}`);
  try {
    const result = await tryVersion(version, archives);
    const { versions, fates, production, development } = result;
    differ += print(result);
    rows.push([
      versions.vinext,
      grouped(fates).join("; "),
      resultOf(production.variants),
      resultOf(development.variants),
    ]);
  } catch (error) {
    console.log(`  ${/** @type {Error} */ (error).message}`);
    rows.push([version, "not tried", "", ""]);
    differ++;
  }
}
rmSync(packed, { recursive: true, force: true });

console.log("\n| vinext | modules | production | development |\n|---|---|---|---|");
for (const row of rows) console.log(`| ${row.join(" | ")} |`);
process.exit(differ === 0 ? 0 : 1);
