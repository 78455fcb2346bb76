import { copyFields, Family, FIELD_NAMES, ContextFields as Fields } from "../generated/context-fields.js";
import { STATES } from "../generated/slot-table.js";
import { hooks } from "../store/hooks.js";
import { advance, close, takeFork } from "../store/records.js";
import { writeLane } from "../store/slot-codec.js";
import { shared } from "../util/shared.js";
import { UNDEFINED } from "./exotic.js";
import { forkExtras } from "./extras.js";

const RESPONDED = STATES.indexOf("responded");

/**
 * The mutable state of one request. Every field reads and writes as an ordinary property. JavaScript values lie in a
 * record that a context gets when one is first written; flags, enums and counters lie in its cell; collections are made
 * when first touched and shared by all forks of a request.
 *
 * One class, not a subclass of the generated one: a constructor that calls another made creation twice as slow.
 */
export const RequestContext = shared("RequestContext", () => {
  Object.defineProperty(Fields, "name", { value: "RequestContext" });
  Object.defineProperty(Fields.prototype, Symbol.for("nodejs.util.inspect.custom"), {
    value: inspectFields,
    configurable: true,
    writable: true,
  });
  return Fields;
});

// What `inspect` shows for a context. One for each, so that inspect recognises a context that is reachable from itself.
class View {}
Object.defineProperty(View, "name", { value: "RequestContext" });
/** @type {WeakMap<object, View>} */
const views = new WeakMap();

/**
 * Shows the fields as a plain object would.
 *
 * @this {Context}
 */
function inspectFields() {
  const view = views.get(this) ?? new View();
  views.set(this, view);
  return Object.assign(view, Object.fromEntries(FIELD_NAMES.map((name) => [name, this[name]])));
}

/** @typedef {InstanceType<typeof RequestContext>} Context */
/** @typedef {import("./field-types.js").RenderDynamicLatch} RenderDynamicLatch */

/** @type {Set<import("../store/native/contract.js").SlotInfo>} registered native slots that start afresh in a fork */
export const resetLanes = shared("resetLanes", () => new Set());

/**
 * The latch that remembers whether a render used a dynamic API: one object for a request and all its forks. A state that
 * does not have one (a plain object from before a hot update) gets it here.
 *
 * @param {{ dynamicUsageDetected: boolean, renderDynamicLatch?: RenderDynamicLatch | null }} state
 * @returns {RenderDynamicLatch}
 */
export function ensureRenderDynamicLatch(state) {
  return (state.renderDynamicLatch ??= { dynamic: state.dynamicUsageDetected, listeners: new Set() });
}

/**
 * A context that starts with the parent's values. Collections are shared until one side assigns another, also those
 * that nobody has touched yet.
 *
 * @param {Context} parent
 * @returns {Context}
 */
export function forkContext(parent) {
  return hooks.forked === undefined ? makeFork(parent) : hooks.forked(parent, makeFork);
}

/**
 * @param {Context} parent
 * @returns {Context}
 */
function makeFork(parent) {
  const child = new RequestContext(parent.$kind);
  child.$family = parent.$family ??= new Family(parent);
  // Undefined means untouched, and then the family has it.
  const latch = parent.$collections.renderDynamicLatch;
  if (latch === UNDEFINED || latch === null) ensureRenderDynamicLatch(parent);
  takeFork(child, parent);
  copyFields(child, parent);
  // Asked first: an iterator over nothing costs as much as half the fork.
  if (resetLanes.size > 0) for (const slot of resetLanes) writeLane(slot, child, slot.default);
  forkExtras(child, parent);
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
  const root = context.$family?.root ?? context;
  close(root, root);
}
