import manifest from "../../package.json" with { type: "json" };

/** @typedef {{ summary: string, run(args: string[]): Promise<number> }} Command `run` returns the exit code */

/** @type {Record<string, () => Promise<Command>>} */
const COMMANDS = {
  doctor: () => import("./doctor.js"),
  "last-flight": () => import("./last-flight.js"),
  top: () => import("./top.js"),
};

/** Exit code of a command line that makes no sense. */
const MISUSE = 2;

/**
 * Runs the command line.
 *
 * @param {string[]} args without Node and the program
 * @returns {Promise<number>} the exit code: 0 if all is well, 1 if something is wrong, 2 if the arguments make no sense
 */
export async function main([name, ...args]) {
  if (name === "--version" || name === "-v") {
    console.log(manifest.version);
    return 0;
  }
  if (name === "--help" || name === "-h" || name === "help") {
    console.log(await usage());
    return 0;
  }
  if (name === undefined || !Object.hasOwn(COMMANDS, name)) {
    console.error(name === undefined ? await usage() : `onescope: there is no command "${name}"\n\n${await usage()}`);
    return MISUSE;
  }
  const command = await COMMANDS[name]();
  try {
    return await command.run(args);
  } catch (error) {
    if (!String(/** @type {any} */ (error).code).startsWith("ERR_PARSE_ARGS_")) throw error;
    console.error(`onescope ${name}: ${/** @type {Error} */ (error).message}; see onescope ${name} --help`);
    return MISUSE;
  }
}

async function usage() {
  const lines = [];
  for (const [name, load] of Object.entries(COMMANDS)) lines.push(`  ${name.padEnd(12)}${(await load()).summary}`);
  return `usage: onescope COMMAND [options]\n\n${lines.join("\n")}\n\nEach has --help; onescope --version prints the version.`;
}
