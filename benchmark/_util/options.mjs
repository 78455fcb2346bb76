import { parseArgs } from "node:util";
import { findNodes } from "./nodes.mjs";

const DEFAULT_REPETITIONS = 7;
const DEFAULT_MS = 200;
const QUICK_MS = 2;

const OPTIONS = /** @type {const} */ ({
  help: { type: "boolean", short: "h" },
  quick: { type: "boolean" },
  json: { type: "boolean" },
  write: { type: "boolean" },
  node: { type: "string", multiple: true },
  repetitions: { type: "string" },
  ms: { type: "string" },
});

/**
 * @typedef {object} Options
 * @property {boolean} quick
 * @property {boolean} json
 * @property {boolean} write
 * @property {import("./nodes.mjs").NodeBinary[]} nodes
 * @property {number} repetitions
 * @property {number} ms
 */

/**
 * Reads the command line. Prints the help and ends the process with `--help`; throws on a wrong argument.
 *
 * @param {string} name of the script and of its result file, without ending
 * @param {string} purpose one sentence
 * @returns {Options}
 */
export function readOptions(name, purpose) {
  const { values } = parseArgs({ options: OPTIONS });
  if (values.help) {
    process.stdout.write(help(name, purpose));
    process.exit(0);
  }
  const { quick = false, json = false, write = false } = values;
  if (quick && write) throw new Error("--quick checks that the benchmark works; its figures are not worth --write");
  return {
    quick,
    json,
    write,
    nodes: findNodes(values.node, quick),
    repetitions: positive("--repetitions", values.repetitions) ?? (quick ? 1 : DEFAULT_REPETITIONS),
    ms: positive("--ms", values.ms) ?? (quick ? QUICK_MS : DEFAULT_MS),
  };
}

/**
 * @param {string} option
 * @param {string | undefined} text
 */
function positive(option, text) {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`${option} takes a whole number from 1 on, not "${text}"`);
  return value;
}

/**
 * @param {string} name
 * @param {string} purpose
 */
function help(name, purpose) {
  return `${purpose}

Usage: node ${name}.mjs [options]

  --node PATH        Node binary to measure on; repeatable. Default: 22, 24 and 26 from the checkout's node_modules
  --repetitions N    repetitions, each with a fresh process per variant; default ${DEFAULT_REPETITIONS}
  --ms N             milliseconds that each operation is measured for in each process; default ${DEFAULT_MS}
  --quick            smoke run of about a second, on this Node: checks that all variants read equal results
  --json             print everything as JSON instead of a Markdown table
  --write            also store the figures as results/${name}.json and .md; those of other Nodes stay
  -h, --help         print this
`;
}
