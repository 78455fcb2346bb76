import { spawn, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { inheritedFlags, ROOT } from "./run.mjs";
import { until } from "./wait.mjs";

const PROGRAM = fileURLToPath(new URL("terminal.py", import.meta.url));

const NEEDED = "import os, pty; os.login_tty, os.waitstatus_to_exitcode";

/** Why this machine cannot give a program a terminal; `false` if it can. */
export const noTerminal =
  spawnSync("python3", ["-c", NEEDED]).status === 0 ? false : "a pseudo terminal needs Python 3.11 and no Windows";

/**
 * Runs a Node program in a pseudo terminal.
 *
 * @param {string[]} args flags and program
 * @param {{ columns: number, rows: number, env?: Record<string, string | undefined> }} options
 */
export function inTerminal(args, { columns, rows, env = {} }) {
  const node = [process.execPath, ...inheritedFlags(), ...args];
  const child = spawn("python3", [PROGRAM, String(columns), String(rows), ...node], {
    cwd: ROOT,
    env: { ...process.env, NODE_OPTIONS: "", NODE_TEST_CONTEXT: undefined, TERM: "xterm-256color", ...env },
  });
  let output = "";
  let messages = "";
  child.stdout.setEncoding("utf8").on("data", (text) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text) => (messages += text));
  const ended = new Promise((resolve) =>
    child.on("close", () => resolve(messages === "" ? undefined : JSON.parse(messages))),
  );
  const order = (/** @type {object} */ what) => child.stdin.write(`${JSON.stringify(what)}\n`);
  return {
    /** @returns {string} all that the terminal got */
    output: () => output,
    press: (/** @type {string} */ keys) => order({ keys }),
    resize: (/** @type {number} */ width, /** @type {number} */ height) => order({ size: [width, height] }),
    signal: (/** @type {number} */ signal) => order({ signal }),
    kill: () => child.kill("SIGKILL"),
    /** Waits until the terminal got something after what it had got before. */
    async shows(/** @type {RegExp} */ pattern, from = 0) {
      const seen = await until(
        () => output.slice(from),
        (text) => pattern.test(text),
      );
      if (!pattern.test(seen))
        throw new Error(`the terminal never showed ${pattern}: ${JSON.stringify(seen.slice(-2000))}`);
      return seen;
    },
    /** @type {Promise<{ code: number, same: boolean }>} exit code, and whether the terminal's modes are what they were */
    ended: /** @type {any} */ (ended),
  };
}

/** What `onescope top` sends to a terminal, apart from text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what it sends
const CODES = /(\u{1b}\[\??[\d;]*[A-Za-z]|\r|\n)/u;

/**
 * What a terminal shows after it got some text. Each picture begins at the upper left, and is drawn whole.
 *
 * @param {string} output
 * @returns {{ lines: string[], cursor: boolean, other: boolean, wraps: boolean }} `other`: it shows the other screen
 */
export function screenOf(output) {
  const state = { lines: /** @type {string[]} */ ([]), cursor: true, other: false, wraps: true };
  let row = 0;
  for (const token of output.split(CODES)) {
    const code = token.startsWith("\x1b[") ? token.slice(2) : undefined;
    if (token === "" || token === "\r") continue;
    else if (token === "\n") row++;
    else if (code === "H") {
      state.lines = [];
      row = 0;
    } else if (code === "2K") state.lines[row] = "";
    else if (code === "J") state.lines.length = row;
    else if (code?.startsWith("?25")) state.cursor = code.endsWith("h");
    else if (code?.startsWith("?7")) state.wraps = code.endsWith("h");
    else if (code?.startsWith("?1049")) {
      state.other = code.endsWith("h");
      state.lines = [];
    } else if (code?.endsWith("m")) continue;
    else if (/\p{Cc}/u.test(token)) throw new Error(`unknown to this terminal: ${JSON.stringify(token)}`);
    else state.lines[row] = (state.lines[row] ?? "") + token;
  }
  return state;
}
