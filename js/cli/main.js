import { parseArgs } from "node:util";
import manifest from "../../package.json" with { type: "json" };
import { OnescopeError } from "../util/errors.js";
import { cleanLine } from "./text.js";

/**
 * @typedef {object} Command
 * @property {string} summary
 * @property {string} help
 * @property {import("node:util").ParseArgsOptionsConfig} options besides `--help`
 * @property {string} [argument] what it takes one of besides options
 * @property {(values: any, argument: string | undefined) => Promise<number | string>} run returns the exit code, or what is
 *   wrong with the arguments
 */

/** @type {Record<string, () => Promise<Command>>} */
const COMMANDS = {
  doctor: () => import("./doctor.js"),
  init: () => import("./init.js"),
  "last-flight": () => import("./last-flight.js"),
  ps: () => import("./ps.js"),
  top: () => import("./top.js"),
};

/** Exit code for invalid arguments. */
const MISUSE = 2;

/**
 * Runs the command line.
 *
 * @param {string[]} args without Node and the program
 * @returns {Promise<number>} the exit code: 0 for success, 1 for a failure, 2 for invalid arguments
 */
export async function main([name, ...args]) {
  if (name === "--version" || name === "-v") {
    console.log(manifest.version);
    return 0;
  }
  if (name === "help" && args.length === 1 && Object.hasOwn(COMMANDS, args[0])) return main([args[0], "--help"]);
  if (name === "--help" || name === "-h" || name === "help") {
    console.log(await usage());
    return 0;
  }
  if (name === undefined || !Object.hasOwn(COMMANDS, name)) {
    console.error(name === undefined ? await usage() : `onescope: unknown command "${name}"\n\n${await usage()}`);
    return MISUSE;
  }
  let result;
  try {
    result = await start(await COMMANDS[name](), args);
  } catch (error) {
    console.error(messageOf(error).split("\n").map(cleanLine).join("\n"));
    return 1;
  }
  if (typeof result === "number") return result;
  console.error(`onescope ${name}: ${result}; see onescope ${name} --help`);
  return MISUSE;
}

/**
 * @param {Command} command
 * @param {string[]} args
 * @returns {Promise<number | string>} as `run` of the command
 */
async function start({ help, options, argument, run }, args) {
  let parsed;
  try {
    parsed = parseArgs({
      args,
      allowPositionals: argument !== undefined,
      options: { ...options, help: { type: "boolean", short: "h" } },
    });
  } catch (error) {
    // The lines that follow the first repeat it at length.
    return /** @type {Error} */ (error).message.split("\n")[0].replace(/\.$/, "");
  }
  const { values, positionals } = parsed;
  if (values.help) {
    console.log(help);
    return 0;
  }
  if (positionals.length > 1) return `expected at most one ${argument}, not ${positionals.length}`;
  return run(values, positionals[0]);
}

/**
 * @param {unknown} error
 * @returns {string}
 * @throws `error` itself if it is a fault of onescope, whose stack is worth a report
 */
function messageOf(error) {
  if (error instanceof OnescopeError) return `${error.code}: ${error.message}`;
  // The system's messages begin with their code.
  if (error instanceof Error && "syscall" in error) return error.message;
  throw error;
}

async function usage() {
  const lines = [];
  for (const [name, load] of Object.entries(COMMANDS)) lines.push(`  ${name.padEnd(13)}${(await load()).summary}`);
  return `usage: onescope COMMAND [options]\n\n${lines.join("\n")}\n\nonescope COMMAND --help describes a command; onescope --version prints the version.`;
}
