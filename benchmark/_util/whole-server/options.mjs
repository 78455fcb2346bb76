import { readCommandLine, wholeNumber } from "../command-line.mjs";
import { findNodes, withFrames } from "../nodes.mjs";

const DEFAULTS = { starts: 10, warm: 2400, ms: 1600, profile: 800, connections: 20 };
const QUICK = { starts: 1, warm: 20, ms: 60, profile: 0, connections: 20 };

/**
 * The command line of a script that measures whole servers. Prints the help and ends the process with `--help`.
 *
 * @param {string} name of the script and of its result files, without ending
 * @param {string} purpose one sentence
 */
export function readOptions(name, purpose) {
  const own = /** @type {const} */ (["starts", "warm", "ms", "profile", "connections"]);
  const { quick, json, write, node, texts } = readCommandLine(own, help(name, purpose));
  const defaults = quick ? QUICK : DEFAULTS;
  const whole = (/** @type {keyof typeof DEFAULTS} */ option, least = 1) =>
    wholeNumber(option, texts[option], least) ?? defaults[option];
  return {
    quick,
    json,
    write,
    nodes: nodesOf(node, quick),
    starts: whole("starts"),
    warmMs: whole("warm"),
    ms: whole("ms"),
    profileMs: whole("profile", 0),
    connections: whole("connections"),
  };
}

/**
 * @param {string[] | undefined} wanted paths, or releases as "24" or "22 with frames"
 * @param {boolean} quick
 */
function nodesOf(wanted, quick) {
  if (wanted === undefined) return quick ? findNodes(undefined, true) : withFrames(findNodes(undefined, false));
  const installed = withFrames(findNodes(undefined, false));
  return wanted.flatMap((text) => {
    const [, major, frames] = /^(\d+)( with frames)?$/.exec(text) ?? [];
    if (major === undefined) return findNodes([text], false);
    const found = installed.find(
      ({ name, flags }) => name.startsWith(`${major}.`) && flags.length > 0 === (frames !== undefined),
    );
    if (found === undefined) throw new Error(`no Node "${text}"; known: 22, 22 with frames, 24, 26, and paths`);
    return [found];
  });
}

/**
 * @param {string} name
 * @param {string} purpose
 */
function help(name, purpose) {
  return `${purpose}

Usage: node ${name}.mjs [options]

  --node NAME      Node to measure on: 22, "22 with frames", 24, 26, or a path; repeatable. Default: those four
  --starts N       times that each variant is started; default ${DEFAULTS.starts}
  --warm MS        milliseconds of load on each route before any is measured; default ${DEFAULTS.warm}
  --ms MS          milliseconds of load on each route that are measured; default ${DEFAULTS.ms}
  --profile MS     milliseconds that each route is profiled, in starts of their own; default ${DEFAULTS.profile}, 0 for none
  --connections N  kept alive, each with one request at a time; default ${DEFAULTS.connections}
  --quick          smoke run on this Node: checks that all variants respond the same, and prints no figures
  --json           print everything as JSON instead of Markdown tables
  --write          also store the figures as results/${name}.json and .md; those of other Nodes stay
  -h, --help       print this
`;
}
