import { LAYOUT } from "../generated/slot-table.js";
import { idOf, threadBlock } from "../store/records.js";
import { currentContext } from "../tracking/current-context.js";
import { readSomeRoutes } from "../tracking/open-requests.js";
import { keyOf } from "../util/copies.js";
import { stallHooks } from "./stall-hooks.js";

// How a blocked thread responds to a probe. The inspector calls it in the middle of whatever the thread is at, so it changes
// nothing that the program could see, and is over soon: the text of a report is made in the probe's thread.

/** The name under which a watched thread publishes its responder on `globalThis`. Each layout counts threads by itself. */
export const RESPONDER = Symbol.for(keyOf("stall.1"));

/** Frames that are taken; the reader drops Node's and keeps fewer. */
const FRAMES = 60;

/**
 * @typedef {object} ProbeResponse
 * @property {number | null} id id of the context that is current, `null` for none
 * @property {number} heartbeat the thread's word `heartbeat`
 * @property {string} stack as `Error.prototype.stack` shows it
 */

/**
 * Publishes the responder of this thread.
 *
 * @param {number} thread its number in the store
 */
export function publishResponder(thread) {
  /**
   * @param {number} requested number of the thread that is probed
   * @returns {ProbeResponse | null} `null` if it is another one
   */
  const respond = (requested) => {
    if (requested !== thread) return null;
    readSomeRoutes();
    const id = currentId();
    if (id !== null) stallHooks.onProbe?.(id);
    return { id, heartbeat: threadBlock()[LAYOUT.block.heartbeat], stack: stack() };
  };
  Object.defineProperty(globalThis, RESPONDER, { value: respond, configurable: true });
}

/** Removes the responder of this thread. */
export function withdrawResponder() {
  Reflect.deleteProperty(globalThis, RESPONDER);
}

function currentId() {
  const context = currentContext();
  return context === undefined ? null : (idOf(context) ?? null);
}

/** The stack as Node writes it, with source maps if they are on, whatever the program does to its own stacks. */
function stack() {
  const before = Object.getOwnPropertyDescriptors(Error);
  try {
    Object.assign(Error, { prepareStackTrace: undefined, stackTraceLimit: FRAMES });
    return String(new Error().stack);
  } catch {
    // With `--frozen-intrinsics` these cannot be set; the default applies.
    return String(new Error().stack);
  } finally {
    restore("prepareStackTrace", before);
    restore("stackTraceLimit", before);
  }
}

/**
 * @param {"prepareStackTrace" | "stackTraceLimit"} name
 * @param {Record<string, PropertyDescriptor>} before
 */
function restore(name, before) {
  if (before[name] === undefined) Reflect.deleteProperty(Error, name);
  else Reflect.defineProperty(Error, name, before[name]);
}
