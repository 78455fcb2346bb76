import { syncBuiltinESMExports } from "node:module";
import { LAYOUT } from "../generated/slot-table.js";
import { markCall, threadBlock } from "../store/records.js";
import { currentTracked } from "../store/tracked.js";
import { currentContext } from "../tracking/current-context.js";
import { shared } from "../util/shared.js";
import { BLOCKING, CALLS } from "./blocking-calls.js";
import { callReturned } from "./stall-hooks.js";

// A thread inside a native call cannot respond. So while a watch is on, Node's blocking calls write their own code and
// the current context's id into the thread's block before they go in.

/** @typedef {{ owner: Record<string, unknown>, name: string, marked: Function, original: PropertyDescriptor }} Marked */

const { call: CALL, callStarted: CALL_STARTED, clock: CLOCK } = LAYOUT.block;
const { apply } = Reflect;

const state = shared("call-markers", () => ({
  on: false,
  /** @type {Map<string, Marked>} by full name: what is in place, or below a wrapper of something else */
  placed: new Map(),
}));

/**
 * Puts the marking functions in the place of Node's, or removes them. One that was wrapped stays, and only calls on.
 *
 * @param {boolean} on
 */
export function markCalls(on) {
  state.on = on;
  if (on) place();
  else takeOut();
  syncBuiltinESMExports();
}

function place() {
  for (const [module, names] of Object.entries(BLOCKING)) {
    const owner = module === "Atomics" ? Atomics : builtin(module);
    for (const name of names) {
      const full = `${module}.${name}`;
      const original = Object.getOwnPropertyDescriptor(owner, name);
      if (state.placed.has(full) || typeof original?.value !== "function" || !original.configurable) continue;
      const marked = mark(original.value, CALLS.indexOf(full) + 1);
      Object.defineProperty(owner, name, { ...original, value: marked });
      state.placed.set(full, { owner, name, marked, original });
    }
  }
}

/**
 * @param {string} name of a module of Node's. Not imported: a process that does not use it shall not load it, and bundlers cannot
 *   follow a name that they do not know.
 * @returns {any}
 */
function builtin(name) {
  return process.getBuiltinModule(`node:${name}`);
}

function takeOut() {
  for (const [full, { owner, name, marked, original }] of state.placed) {
    if (owner[name] !== marked) continue;
    Object.defineProperty(owner, name, original);
    state.placed.delete(full);
  }
}

/**
 * The function with a marker around it, in all else the same.
 *
 * @param {Function} original
 * @param {number} code
 */
function mark(original, code) {
  /**
   * @this {unknown}
   * @param {unknown[]} args
   */
  const marked = function (...args) {
    const block = threadBlock();
    // A blocking call that is part of another is reported as the outer one.
    if (!state.on || block[CALL] !== 0) return apply(original, this, args);
    const context = currentContext();
    currentTracked()?.readRoute?.(false);
    markCall(context, block);
    block[CALL_STARTED] = block[CLOCK];
    block[CALL] = code;
    try {
      return apply(original, this, args);
    } finally {
      const block = threadBlock();
      block[CALL] = 0;
      callReturned(context, block);
    }
  };
  return Object.defineProperties(marked, Object.getOwnPropertyDescriptors(original));
}
