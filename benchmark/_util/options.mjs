import { readCommandLine, wholeNumber } from "./command-line.mjs";
import { findNodes } from "./nodes.mjs";

const DEFAULT_REPETITIONS = 7;
const DEFAULT_MS = 200;
const QUICK_MS = 2;

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
  const { quick, json, write, node, texts } = readCommandLine(["repetitions", "ms"], help(name, purpose));
  return {
    quick,
    json,
    write,
    nodes: findNodes(node, quick),
    repetitions: wholeNumber("repetitions", texts.repetitions) ?? (quick ? 1 : DEFAULT_REPETITIONS),
    ms: wholeNumber("ms", texts.ms) ?? (quick ? QUICK_MS : DEFAULT_MS),
  };
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
