import { COLUMN, row } from "../text.js";

/** @import { Report } from "./examine.js" */

const WIDTH = 100;

/**
 * @param {Report} report
 * @returns {string} for people
 */
export function toText(report) {
  const { backend, propagation, storages, limits, vinext, environment, problems, runtime } = report;
  const host = runtime === null ? `Node ${report.node}` : `${runtime.name} ${runtime.version}`;
  const lines = [
    `onescope ${report.onescope} on ${host}, ${report.platform}`,
    "",
    row("backend", backend.name + (backend.requested === null ? "" : `, ONESCOPE_BACKEND=${backend.requested}`)),
    ...backend.reasons.map((reason) => row("", `not native: ${reason}`)),
    ...backend.missing.map((name) => row("", `not available: ${name}`)),
  ];
  if (backend.addon !== null) {
    const { path, version, layout, built } = backend.addon;
    lines.push(row("addon", path), row("", `version ${version}, layout ${layout}, built ${built}`));
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
  lines.push(
    "",
    problems.length === 0 ? "No problems found." : "Problems:",
    ...problems.map((problem) => `  - ${problem}`),
  );
  return lines.join("\n");
}

/** @param {NonNullable<Report["vinext"]>} vinext */
function aboutVinext({ version, path, plugin, replaced, kept, differences, storages }) {
  return [
    row("vinext", `${version} in ${path}`),
    row("", `the Vite configuration ${plugin ? "uses" : "does not use"} onescope/vite; the plugin replaces`),
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
