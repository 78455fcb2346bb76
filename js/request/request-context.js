import {
  ContextGroup,
  copyFields,
  copyRecord,
  FIELD_NAMES,
  ContextFields as Fields,
} from "../generated/context-fields.js";
import { KINDS, STATES } from "../generated/slot-table.js";
import { hooks } from "../store/hooks.js";
import { advance, childRecords, close, OTHER, takeChildRecord } from "../store/records.js";
import { writeField } from "../store/slot-codec.js";
import { shared } from "../util/shared.js";
import { borrowFields } from "./borrowed-fields.js";
import { copySideTable, UNDEFINED } from "./side-table.js";

/** @import { RenderDynamicLatch } from "./field-types.js" */

const RESPONDED = STATES.indexOf("responded");
const APP_PAGE = KINDS.indexOf("appPage");
const PAGES_PAGE = KINDS.indexOf("pagesPage");
const REGENERATION = KINDS.indexOf("regeneration");

/**
 * The mutable state of one request. Every field reads and writes as an ordinary property. JavaScript values are in an object
 * that a context gets when one is first written; flags, enums and counters are in its record; collections are made at first
 * access and shared by all contexts of a context group.
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

// What `inspect` shows for a context. Each has its own, so that inspect recognises a context that is reachable from itself.
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

/**
 * The kind of a context, by the fields that vinext's entries set: each sets its own (vinext 1.4.0, every call of
 * `createRequestContext` under dist/server). Whether an App request is a page, a route handler or an action is not known yet;
 * the context's phase says it later.
 *
 * @param {object} opts as given to `createRequestContext`
 * @returns {number} code of `KINDS`
 */
export function kindOf(opts) {
  if ("requestSignal" in opts) return APP_PAGE;
  if ("isOnDemandRevalidate" in opts) return PAGES_PAGE;
  return "executionContext" in opts ? REGENERATION : OTHER;
}

/** @type {Set<import("../store/native/contract.js").SlotInfo>} registered native slots that a child context resets */
export const resetFields = shared("resetFields", () => new Set());

/**
 * The latch that remembers whether a render used a dynamic API: one object for all contexts of a context group. A state without
 * one (a plain object from before a hot update) gets it here.
 *
 * @param {{ dynamicUsageDetected: boolean, renderDynamicLatch?: RenderDynamicLatch | null }} state
 * @returns {RenderDynamicLatch}
 */
export function ensureRenderDynamicLatch(state) {
  return (state.renderDynamicLatch ??= { dynamic: state.dynamicUsageDetected, listeners: new Set() });
}

/**
 * Makes a child context, which starts with the parent's values. Collections are shared until either assigns another, also
 * those that were not accessed yet.
 *
 * @param {Context} parent
 * @returns {Context}
 */
export function createChild(parent) {
  return hooks.createChild === undefined ? makeChild(parent) : hooks.createChild(parent, makeChild);
}

/**
 * @param {Context} parent
 * @returns {Context}
 */
function makeChild(parent) {
  const child = new RequestContext(parent.$kind);
  child.$group = parent.$group ??= new ContextGroup(parent);
  // Undefined means not accessed yet, and then the context group has it.
  const latch = parent.$collections.renderDynamicLatch;
  if (latch === UNDEFINED || latch === null) ensureRenderDynamicLatch(parent);
  if (childRecords.wanted || !borrowFields(child, parent)) {
    takeChildRecord(child, parent);
    copyRecord(child, parent);
  }
  copyFields(child, parent);
  // Checked first: an iterator over nothing takes as long as half of all this.
  if (resetFields.size > 0) for (const slot of resetFields) writeField(slot, child, slot.default);
  copySideTable(child, parent);
  return child;
}

/**
 * Marks the request as responded: the response was returned, while its body or deferred work continues.
 *
 * @param {Context} context any of the context group
 */
export function markResponded(context) {
  advance(context.$group?.root ?? context, RESPONDED);
}

/**
 * Marks the request as closed: its response is complete, and nothing is left to run after it.
 *
 * @param {Context} context any of the context group
 */
export function markClosed(context) {
  const root = context.$group?.root ?? context;
  close(root, root);
}
