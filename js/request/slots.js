import { SlotStorage } from "../async-context/slot-storage.js";
import { LIMITS } from "../generated/slot-table.js";
import { backend } from "../store/backend.js";
import { childRecords, takeRecord } from "../store/records.js";
import { encode, readField, writeField } from "../store/slot-codec.js";
import { CODES, literal, OnescopeError } from "../util/errors.js";
import { readOptions, refuseOption } from "../util/options.js";
import { shared } from "../util/shared.js";
import { currentRequest } from "./current.js";
import { RequestContext, resetFields } from "./request-context.js";
import { countInherited, resetInChild, sideTableOf } from "./side-table.js";

/** @import { SlotInfo, SlotSpec } from "../store/native/contract.js" */

/** What every registered slot has. */
class Slot {
  /** @param {SlotInfo} info */
  constructor(info) {
    this.info = info;
  }

  get id() {
    return this.info.id;
  }

  get key() {
    return this.info.key;
  }
}

/** A slot whose value lasts for a call and everything that the call starts. */
class ScopeSlot extends Slot {
  #storage = new SlotStorage();

  /** @returns {any} the value of the innermost run, else the default */
  get() {
    const held = this.#storage.getStore();
    return held === undefined ? (this.info.default ?? undefined) : held.value;
  }

  /**
   * Calls `fn` with the slot set to `value`.
   *
   * @template R
   * @param {unknown} value
   * @param {() => R} fn
   * @returns {R}
   */
  run(value, fn) {
    // Wrapped: `undefined` is a value too and must hide the default.
    return this.#storage.run({ value }, fn);
  }
}

/** A slot of the current request context. */
class RequestSlot extends Slot {
  #make;

  /**
   * @param {SlotInfo} info
   * @param {(() => unknown) | undefined} make makes the value of a lazy slot at first access
   */
  constructor(info, make) {
    super(info);
    this.#make = make;
  }

  /** @returns {any} the current request's value; outside a request the default, `undefined` for a lazy slot */
  get() {
    const info = this.info;
    /** @type {any} */
    const context = currentRequest();
    if (context === undefined) return info.default ?? undefined;
    if (info.native && context instanceof RequestContext) return readField(info, context);
    const { own, group } = sideTableOf(context);
    const value = own.get(info.id);
    const make = this.#make;
    if (value !== undefined || make === undefined) return own.has(info.id) ? value : (info.default ?? undefined);
    // Not accessed yet: the first access in a context group makes it for all its contexts.
    const made = (info.inChild === "inherit" ? group.get(info.id) : undefined) ?? make();
    if (info.inChild === "inherit") group.set(info.id, made);
    own.set(info.id, made);
    return made;
  }

  /**
   * @param {any} value
   * @throws {OnescopeError} `ERR_ONESCOPE_NO_CONTEXT` outside a request, `ERR_ONESCOPE_SLOT_KIND` for a value that a
   *   flag, enum or counter does not have
   */
  set(value) {
    /** @type {any} */
    const context = currentRequest();
    if (context === undefined) {
      throw new OnescopeError(
        CODES.NO_CONTEXT,
        `slot ${literal(this.key)} needs a current vinext request; call set() while vinext handles one, or inside runWithRequestContext()`,
      );
    }
    if (this.info.native && context instanceof RequestContext) {
      if (context.$base === 0) takeRecord(context);
      writeField(this.info, context, value);
    } else {
      if (this.info.native) encode(this.info, value);
      sideTableOf(context).own.set(this.info.id, value);
    }
  }
}

/** One more variant than an enum can have: enough to refuse the rest. */
const VARIANTS_READ = LIMITS.enumVariants + 1;

/**
 * Reads variants once, so that what an array's getter or a proxy throws is an error with a code.
 *
 * @param {any} variants
 * @returns {unknown} a new array, or the value itself if it is not an array
 */
function readVariants(variants) {
  try {
    if (!Array.isArray(variants)) return variants;
    return Array.from({ length: Math.min(variants.length, VARIANTS_READ) }, (_, index) => variants[index]);
  } catch (cause) {
    throw new OnescopeError(CODES.OPTION, "reading option variants of registerSlot() failed; pass plain values", {
      cause,
    });
  }
}

/** @type {Map<number, ScopeSlot | RequestSlot>} one object for a slot, so that all code which registers it shares its value */
const slots = shared("slots", () => new Map());

/**
 * Registers a slot with the process-wide registry, which all worker threads share, and returns what reads and sets its value.
 * Registering the same key with the same spec again returns the same slot.
 *
 * @param {string} key unique name, such as `"myapp.tenant"`
 * @param {Omit<SlotSpec, "key" | "lifetime"> & { lifetime?: "scope" | "request", make?: () => unknown }} [spec] defaults
 *   to a value that lasts for a scope; `make` makes the value of a `lazy` slot when it is first read. In a thread, the first
 *   `make` that is given for a key is the one that is called
 * @returns {ScopeSlot | RequestSlot}
 * @throws {OnescopeError} `ERR_ONESCOPE_SLOT_CONFLICT` if the key is registered with another spec (the message names
 *   both), `ERR_ONESCOPE_SLOT_SPEC` for an invalid spec, `ERR_ONESCOPE_FIELDS_FULL` when the record has no field left,
 *   `ERR_ONESCOPE_OPTION` for a spec that is not an object, or a lazy one whose `make` is not a function
 */
export function registerSlot(key, spec) {
  const { make, ...options } = spec === undefined ? { kind: "value" } : readOptions("registerSlot()", spec);
  if (options.kind === "lazy" && typeof make !== "function") refuseOption("registerSlot()", "make", make, "a function");
  if (typeof options.variants === "object") options.variants = readVariants(options.variants);
  // An option that is given as undefined counts as not given.
  const given = Object.fromEntries(
    Object.entries({ lifetime: "scope", ...options, key }).filter(([, option]) => option !== undefined),
  );
  const id = backend.registerSlot(/** @type {any} */ (given));
  const known = slots.get(id);
  if (known !== undefined) return known;
  const info = backend.slotInfo(id);
  if (info.lifetime === "request") {
    if (info.native) childRecords.wanted = true;
    if (info.inChild === "reset") resetInChild.add(id);
    if (info.inChild === "reset" && info.native) resetFields.add(info);
    if (info.inChild === "inherit" && info.kind === "lazy") countInherited();
  }
  const slot =
    info.lifetime === "scope" ? new ScopeSlot(info) : new RequestSlot(info, info.kind === "lazy" ? make : undefined);
  slots.set(id, slot);
  return slot;
}
