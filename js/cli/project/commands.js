// The shell commands of package.json's scripts, as far as one has to read them to find what starts Node.

// A quote that is not closed ends with the text, so that no quote is tried twice.
const TOKEN = /&&|\|\||[;&|()\n]|(?:[^\s;&|()"']+|"(?:[^"\\]+|\\[\s\S])*(?:"|\\?$)|'[^']*(?:'|$))+/g;
const OPERATOR = /^(?:&&|\|\||[;&|()\n])$/;
const ASSIGNMENT = /^[A-Za-z_]\w*=/;

/** What runs the command that follows. */
const WRAPPERS = new Set(["cross-env", "cross-env-shell", "env", "exec", "time", "--"]);

/** They take Node's flags. */
const NODES = new Set(["node", "tsx"]);

/** Before a program's name, with these Node runs no server. */
const OTHER_USES = /^(?:-e|-p|-c|-v|--eval|--print|--check|--test|--run|--version)$/;

/** Flags whose value is the argument that follows. */
const TAKES_VALUE =
  /^(?:-r|-C|--require|--import|--loader|--experimental-loader|--conditions|--env-file(?:-if-exists)?|--tsconfig)$/;

/**
 * @param {string} command a script
 * @returns {Array<{ name: string, end: number, args: string[] }>} the programs that it runs, and where their names end
 */
export function programsIn(command) {
  /** @type {Array<{ name: string, end: number, args: string[] }>} */
  const programs = [];
  let expected = true;
  for (const { 0: token, index } of command.matchAll(TOKEN)) {
    if (OPERATOR.test(token)) expected = true;
    else if (WRAPPERS.has(token)) expected = true;
    else if (!expected) programs.at(-1)?.args.push(token);
    else if (!ASSIGNMENT.test(token)) {
      programs.push({ name: token, end: index + token.length, args: [] });
      expected = false;
    }
  }
  return programs;
}

/**
 * @param {string} command a script
 * @returns {number[]} where Node's flags go, for each server that it starts
 */
export function placesForFlags(command) {
  return programsIn(command)
    .filter(({ name, args }) => NODES.has(name) && startsProgram(name, args))
    .map(({ end }) => end);
}

/**
 * @param {string} name
 * @param {string[]} args
 */
function startsProgram(name, args) {
  // tsx takes a command only before all flags.
  if (name === "tsx" && args[0] === "watch") return false;
  const program = args.findIndex((arg, at) => !arg.startsWith("-") && !TAKES_VALUE.test(args[at - 1] ?? ""));
  // What follows the program's name is the program's.
  return program !== -1 && !args.slice(0, program).some((arg) => OTHER_USES.test(arg));
}

/**
 * @param {string} name of a script
 * @returns {boolean} whether it starts the app as in production
 */
export function isStartScript(name) {
  return /^(?:start|serve|prod|production)(?::|$)/.test(name) && !/dev|debug|watch|test/.test(name);
}

/**
 * @param {Record<string, any>} manifest package.json
 * @returns {Array<[string, string]>} names and commands of the scripts that start the app as in production
 */
export function startScripts({ scripts = {} }) {
  return Object.entries(scripts).filter(([name, command]) => isStartScript(name) && typeof command === "string");
}
