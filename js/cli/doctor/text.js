import { NAMES } from "../project/project.js";
import { COLUMN, cleanLine, row } from "../text.js";

/** @import { Report } from "./examine.js" */

const WIDTH = 100;

/**
 * @param {Report} report
 * @returns {string} for people
 */
export function toText(report) {
  const { app, backend, propagation, storages, limits, vinext, environment, problems, advice, runtime } = report;
  const host = runtime === null ? `Node ${report.node}` : `${runtime.name} ${runtime.version}`;
  const lines = [
    report.summary,
    "",
    problems.length === 0 ? "Nothing is wrong." : "Problems:",
    ...problems.flatMap(({ problem, fix }) => [`  - ${problem}`, `    ${fix}`]),
    ...(advice.length > 0 ? ["", "Advice:", ...advice.map((line) => `  - ${line}`)] : []),
    "",
    `onescope ${report.onescope} on ${host}, ${report.platform}`,
    ...(app === null ? [] : aboutApp(app)),
    row("backend", backend.name + (backend.requested === null ? "" : `, ONESCOPE_BACKEND=${backend.requested}`)),
    ...backend.reasons.map((reason) => row("", `not native: ${reason}`)),
    ...backend.missing.map((name) => row("", `not available: ${name}`)),
  ];
  if (backend.addon !== null) {
    const { path, version, layout } = backend.addon;
    lines.push(row("addon", path), row("", `version ${version}, layout ${layout}`));
  }
  lines.push(
    row("propagation", propagation.mode),
    row("entry", `${propagation.entryStrategy}, ${propagation.register ? "with" : "without"} onescope/register`),
  );
  if (!propagation.register) lines.push(row("", `${propagation.entryStrategyWithRegister} with onescope/register`));
  if (propagation.otherStoragesInUse) lines.push(row("", "another AsyncLocalStorage is in use"));
  if (propagation.frameReaders.length > 0)
    lines.push(row("", `plain because native code reads async context frames: ${propagation.frameReaders.join(", ")}`));
  lines.push(
    ...list("slots", storages.slots),
    ...list("not slots", storages.others),
    ...list(
      "limits",
      Object.entries(limits).map(([name, value]) => `${name} ${value}`),
    ),
  );
  if (vinext === null) lines.push(row("vinext", "not installed in this folder"));
  else lines.push(...aboutVinext(vinext));
  for (const [name, value] of Object.entries(environment)) {
    if (name !== "flags")
      lines.push(row(name === "ONESCOPE_BACKEND" ? "environment" : "", `${name} ${value ?? "is not set"}`));
  }
  if (environment.flags.length > 0) lines.push(row("flags", environment.flags.join(" ")));
  return lines.map(cleanLine).join("\n");
}

/** @param {NonNullable<Report["app"]>} app */
function aboutApp({ kinds, packageManager, setup, launch, builds }) {
  const { installed, dependency } = setup;
  const names = kinds.map((kind) => NAMES[kind]).join(", ");
  const copy = installed === null ? "not installed" : `${installed.version} in ${installed.path}`;
  return [
    row("app", `${names}, with ${packageManager}`),
    row("", `onescope ${copy}${dependency === null ? "" : `, in ${dependency}`}`),
    ...Object.entries(launch.imports).map(([file, imports]) =>
      row("", `${file} imports ${[...new Set(imports)].join(", ")}`),
    ),
    ...builds.flatMap(({ folder, imports, bundledIn, addon }) => [
      ...(bundledIn === null ? [] : [row("", `${bundledIn} has onescope bundled`)]),
      ...(imports.length === 0 ? [] : [row("", `${folder} imports`), ...list("", imports)]),
      ...(addon === null || (imports.length === 0 && bundledIn === null) ? [] : [row("", `with the addon ${addon}`)]),
    ]),
  ];
}

/** @param {NonNullable<Report["vinext"]>} vinext */
function aboutVinext({ version, path, replaced, kept, differences, storages }) {
  return [
    row("vinext", `${version} in ${path}`),
    row("", "the plugin replaces"),
    ...list("", replaced),
    ...(kept.length > 0 ? [row("", "and keeps vinext's own"), ...list("", kept)] : []),
    ...differences.map((difference) => row("", `because ${difference}`)),
    row("", "storages that are slots with the plugin"),
    ...list("", storages.slots),
    row("", "storages that are slots only with onescope/register"),
    ...list("", storages.others),
  ];
}

/**
 * @param {string} heading
 * @param {string[]} items
 * @returns {string[]} lines of at most 100 columns
 */
function list(heading, items) {
  /** @type {string[]} */
  const lines = [];
  for (const item of items.length === 0 ? ["none"] : items) {
    const last = lines.at(-1);
    if (last === undefined || COLUMN + last.length + item.length + 2 > WIDTH) lines.push(item);
    else lines[lines.length - 1] = `${last}, ${item}`;
  }
  return lines.map((line, index) => row(index === 0 ? heading : "", index < lines.length - 1 ? `${line},` : line));
}
