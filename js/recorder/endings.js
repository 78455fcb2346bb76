import { syncBuiltinESMExports } from "node:module";
import { types } from "node:util";
import { readRoutes } from "../tracking/open-requests.js";
import { checkSockets } from "../tracking/outgoing/sockets.js";
import { atExit } from "../util/at-exit.js";

/** @import { Recorder } from "../store/native/contract.js" */

/** @typedef {{ error: string, message: string | undefined }} Uncaught */

/** Units of a message that are looked at: a first line is far shorter, and a message can have any length. */
const MOST_OF_MESSAGE = 2000;

/**
 * Has the end of the process written down, where it is one that JavaScript lives to see.
 *
 * @param {Recorder} recorder
 * @returns {() => void} undoes that
 */
export function noteTheEnd(recorder) {
  /** @type {Uncaught | undefined} */
  let uncaught;
  let exiting = false;
  const note = (/** @type {number} */ code) => recorder.recordExit(code, uncaught?.error, uncaught?.message);
  const onUncaught = (/** @type {unknown} */ error) => {
    uncaught = { error: classOf(error), message: messageOf(error) };
    // An `exit` handler that comes after this one threw: there is no second `exit`.
    if (exiting) note(1);
  };
  const onExit = (/** @type {number} */ code) => {
    exiting = true;
    // An error that was uncaught, handled nevertheless, and followed by an exit with 0 does not count as an end by an error.
    if (code === 0) uncaught = undefined;
    readRoutes();
    checkSockets();
    note(code);
  };
  process.on("uncaughtExceptionMonitor", onUncaught);
  const forgetExit = atExit(onExit);
  const forgetExecve = noteExecve(recorder);
  return () => {
    process.off("uncaughtExceptionMonitor", onUncaught);
    forgetExit();
    forgetExecve();
  };
}

/**
 * Has `process.execve` written down: it runs no handler, and nothing of this program is left after it.
 *
 * @param {Recorder} recorder
 * @returns {() => void} undoes that
 */
function noteExecve(recorder) {
  const original = Object.getOwnPropertyDescriptor(process, "execve");
  // Not every version of Node has it.
  if (typeof original?.value !== "function" || !original.configurable) return () => {};
  const stock = original.value;
  let on = true;
  /**
   * @this {unknown}
   * @param {unknown[]} args
   */
  const noting = function (...args) {
    if (!on) return Reflect.apply(stock, this, args);
    recorder.recordExecve(true);
    try {
      return Reflect.apply(stock, this, args);
    } finally {
      // It was refused: the process continues.
      recorder.recordExecve(false);
    }
  };
  Object.defineProperties(noting, Object.getOwnPropertyDescriptors(stock));
  Object.defineProperty(process, "execve", { ...original, value: noting });
  syncBuiltinESMExports();
  return () => {
    on = false;
    // A wrapper around it stays, and then only calls the original.
    if (process.execve !== noting) return;
    Object.defineProperty(process, "execve", original);
    syncBuiltinESMExports();
  };
}

/**
 * @param {unknown} error what was thrown
 * @returns {boolean} whether it is an error; that of a worker arrives as an object that only its prototype identifies
 */
function isError(error) {
  return types.isNativeError(error) || error instanceof Error;
}

/**
 * @param {unknown} error what was thrown
 * @returns {string} the name of its class
 */
function classOf(error) {
  try {
    if (!isError(error)) return typeof error;
    const { name } = /** @type {Error} */ (error).constructor;
    return /^[\w$]{1,64}$/.test(name) ? name : "Error";
  } catch {
    return "Error";
  }
}

/**
 * @param {unknown} error what was thrown
 * @returns {string | undefined} the beginning of its message, or of what was thrown if it is text
 */
function messageOf(error) {
  try {
    const message = isError(error) ? /** @type {Error} */ (error).message : error;
    if (typeof message === "string") return message.slice(0, MOST_OF_MESSAGE).trimStart();
  } catch {
    // A getter of the program's threw, or a proxy's trap.
  }
  return undefined;
}
