import { parseArgs } from "node:util";

const COMMON = /** @type {const} */ ({
  help: { type: "boolean", short: "h" },
  quick: { type: "boolean" },
  json: { type: "boolean" },
  write: { type: "boolean" },
  node: { type: "string", multiple: true },
});

/**
 * Reads the options that all scripts have, and some more. Prints the help and ends the process with `--help`; throws on a wrong
 * argument.
 *
 * @template {string} Name
 * @param {readonly Name[]} numbers names of the further options, which take numbers
 * @param {string} help
 * @returns {{ quick: boolean, json: boolean, write: boolean, node: string[] | undefined, texts: Partial<Record<Name, string>> }}
 */
export function readCommandLine(numbers, help) {
  const own = Object.fromEntries(numbers.map((name) => [name, /** @type {const} */ ({ type: "string" })]));
  const { values } = parseArgs({ options: { ...COMMON, ...own } });
  if (values.help) {
    process.stdout.write(help);
    process.exit(0);
  }
  const { quick = false, json = false, write = false, node, ...texts } = /** @type {any} */ (values);
  if (quick && write) throw new Error("--quick checks that the benchmark works; its figures are not worth --write");
  return { quick, json, write, node, texts };
}

/**
 * @param {string} option
 * @param {string | undefined} text
 * @param {number} [least]
 * @returns {number | undefined} undefined where the option is not given
 */
export function wholeNumber(option, text, least = 1) {
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text) || Number(text) < least)
    throw new Error(`--${option} takes a whole number from ${least} on, not "${text}"`);
  return Number(text);
}
