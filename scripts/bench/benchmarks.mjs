import { readdirSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../setup.mjs";

export const FOLDER = join(ROOT, "benchmark");

/** Scripts of the folder that measure nothing. */
const TOOLS = ["charts", "record"];

/** About how long a benchmark measures, in minutes. */
const MINUTES = {
  scopes: 18,
  context: 10,
  headers: 10,
  leaks: 3,
  replay: 10,
  inspect: 45,
  flight: 10,
  calls: 1,
  startup: 4,
  growth: 20,
  warmup: 37,
  server: 110,
  others: 90,
};
const MINUTES_OF_OTHERS = 15;

/** Where the default would take hours. */
const OPTIONS = { inspect: ["--repetitions", "3"] };

/** Every benchmark. */
export const BENCHMARKS = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".mjs"))
  .map((file) => file.slice(0, -".mjs".length))
  .filter((name) => !TOOLS.includes(name));

/** @param {string} name */
export const optionsOf = (name) => /** @type {Record<string, string[]>} */ (OPTIONS)[name] ?? [];

/** @param {string[]} names */
export function minutesOf(names) {
  const minutes = /** @type {Record<string, number>} */ (MINUTES);
  return names.reduce((sum, name) => sum + (minutes[name] ?? MINUTES_OF_OTHERS), 0);
}
