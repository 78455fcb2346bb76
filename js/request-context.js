import { inspect } from "node:util";
import { advance, DETACHED, kindCode, takeFork } from "./cells.js";
import { ContextFields, copyFields, Family, FIELD_NAMES } from "./generated/context-fields.js";
import { STATES } from "./generated/slot-table.js";
import { writeLane } from "./lane-codec.js";
import { shared } from "./shared.js";

/** @typedef {import("./generated/request-context.js").UnifiedRequestContext} UnifiedRequestContext */
/** @typedef {import("./native/contract.js").ContextKind} ContextKind */

const RESPONDED = STATES.indexOf("responded");
const CLOSED = STATES.indexOf("closed");

/**
 * The mutable state of one request. Every field reads and writes as an ordinary property. JavaScript values lie in a
 * record that a context gets when one is first written; flags, enums and counters lie in its cell; collections are made
 * when first touched and shared by all forks of a request.
 */
export const RequestContext = shared(
  "RequestContext",
  () =>
    class RequestContext extends ContextFields {
      /**
       * Shows the fields as a plain object would.
       *
       * @param {number} _depth
       * @param {import("node:util").InspectOptions} options
       */
      [inspect.custom](_depth, options) {
        const fields = Object.fromEntries(FIELD_NAMES.map((name) => [name, this[name]]));
        return `RequestContext ${inspect(fields, options)}`;
      }
    },
);

/** @typedef {InstanceType<typeof RequestContext>} Context */

/** @type {Set<import("./native/contract.js").SlotInfo>} registered native slots that start afresh in a fork */
export const resetLanes = shared("resetLanes", () => new Set());

/**
 * @param {ContextKind} kind
 * @returns {Context} a context with every field at its default
 */
export function createContext(kind) {
  return new RequestContext(kindCode(kind));
}

/** @returns {Context} a context that belongs to no request: not in the store, not counted, without a handle */
export function createDetachedContext() {
  return new RequestContext(DETACHED);
}

/**
 * A context that starts with the parent's values. Collections are shared until one side assigns another, also those
 * that nobody has touched yet.
 *
 * @param {Context} parent
 * @returns {Context}
 */
export function forkContext(parent) {
  const child = new RequestContext(parent.$kind);
  child.$family = parent.$family ??= new Family(parent);
  takeFork(child, parent);
  copyFields(child, parent);
  for (const slot of resetLanes) writeLane(slot, child, slot.default);
  if (parent.$extra !== undefined) child.$extra = parent.$extra.fork();
  return child;
}

/**
 * Tells that the request's response was handed over, while its body or deferred work goes on.
 *
 * @param {Context} context the request's or one of its forks
 */
export function markResponded(context) {
  advance(context.$family?.root ?? context, RESPONDED);
}

/**
 * Tells that the request's response is complete, and nothing is left to run after it.
 *
 * @param {Context} context the request's or one of its forks
 */
export function markClosed(context) {
  advance(context.$family?.root ?? context, CLOSED);
}
