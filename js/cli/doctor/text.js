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
    row("backend", backend.name + (backend.asked === null ? "" : `, as ONESCOPE_BACKEND=${backend.asked} says`)),
    ...backend.reasons.map((reason) => row("", `not native: ${reason}`)),
    ...backend.missing.map((name) => row("", `not available: ${name}`)),
  ];
  if (backend.addon !== null) {
    const { path, version, layout, built } = backend.addon;
    lines.push(row("addon", path), row("", `version ${version}, layout ${layout}, built ${built}`));
  }
  lines.push(
    row("propagation", propagation.mode),
    row("scopes", `entered the ${propagation.way} way, ${propagation.register ? "with" : "without"} onescope/register`),
  );
  if (!propagation.register) lines.push(row("", `with it, the ${propagation.wayWithRegister} way`));
  if (propagation.otherStoragesInUse) lines.push(row("", "a real storage is in use besides"));
  if (propagation.frameReaders.length > 0)
    lines.push(row("", `the plain way, because frames are read natively by ${propagation.frameReaders.join(", ")}`));
  lines.push(
    ...list("slots", storages.slots),
    ...list("not slots", storages.real),
    ...list(
      "limits",
      Object.entries(limits).map(([name, value]) => `${name} ${value}`),
    ),
  );
  if (vinext === null) lines.push(row("vinext", "none in this folder"));
  else lines.push(...aboutVinext(vinext));
  for (const [name, value] of Object.entries(environment)) {
    if (name !== "flags")
      lines.push(row(name === "ONESCOPE_BACKEND" ? "environment" : "", `${name} ${value ?? "is not set"}`));
  }
  if (environment.flags.length > 0) lines.push(row("flags", environment.flags.join(" ")));
  lines.push(
    "",
    problems.length === 0 ? "Nothing is wrong." : "Wrong:",
    ...problems.map((problem) => `  - ${problem}`),
  );
  return lines.join("\n");
}

/** @param {NonNullable<Report["vinext"]>} vinext */
function aboutVinext({ version, path, plugin, swapped, kept, differences, storages }) {
  return [
    row("vinext", `${version} in ${path}`),
    row("", `the Vite configuration ${plugin ? "names" : "does not name"} onescope/vite, which would swap`),
    ...list("", swapped),
    ...(kept.length > 0 ? [row("", "and would keep"), ...list("", kept)] : []),
    ...differences.map((difference) => row("", `because ${difference}`)),
    row("", "its storages that are slots with the plugin"),
    ...list("", storages.slots),
    row("", "and those of its modules that are slots only with onescope/register"),
    ...list("", storages.real),
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
