import { claimIndex, SlotStorage } from "../async-context/slot-storage.js";
import { STATES } from "../generated/slot-table.js";
import { OTHER } from "../store/kind.js";
import { encodeLabel, writeName } from "../store/label.js";
import { close, takeInner, takeNew } from "../store/records.js";
import { tracking } from "../store/tracked.js";
import { CODES, OnescopeError } from "../util/errors.js";
import { refuseOption } from "../util/options.js";
import { currentContext, requestHere } from "./current-context.js";
import { NO_BYTES, NO_WORDS } from "./no-record.js";

const ACTIVE = STATES.indexOf("active");

/** What `with` runs. */
class Work {
  $words = NO_WORDS;
  $bytes = NO_BYTES;
  $base = 0;
  $kind = OTHER;
  joinable = false;
  /** @type {any} */
  context = undefined;
  /** @type {object | undefined} */
  outer = undefined;
}

/** @returns {NonNullable<typeof tracking.storage>} the storage of what is tracked */
export function trackedStorage() {
  if (tracking.storage === undefined) {
    tracking.storage = new SlotStorage({ name: "onescope.tracked" });
    tracking.index = claimIndex(tracking.storage);
  }
  return tracking.storage;
}

/**
 * Gives work its cell, entered.
 *
 * @param {Work} work
 * @param {import("../store/label.js").Label} label
 * @param {import("../store/records.js").CellOwner | undefined} parent the context that it was made in
 */
function open(work, label, parent) {
  if (parent === undefined) takeNew(work);
  else takeInner(work, parent);
  work.$bytes[work.$base << 2] = ACTIVE;
  writeName(work, label);
}

/**
 * Runs work that is no request, such as a job or a message of a queue, in a context of its own, which closes when the
 * result settles. Inside a request or other such work, that one is its parent.
 *
 * @template R
 * @param {string} label cut to 64 bytes of UTF-8
 * @param {() => R} fn
 * @returns {R} what `fn` returns; a promise if that has a `then`
 * @throws {OnescopeError} `ERR_ONESCOPE_SLOT_KIND` for a label that is no string, `ERR_ONESCOPE_OPTION` for a `fn` that is
 *   no function
 */
export function withLabel(label, fn) {
  const work = new Work();
  const name = encodeLabel(checkedLabel(label));
  if (typeof fn !== "function") refuseOption("with()", "fn", fn, "a function");
  work.outer = requestHere();
  open(work, name, currentContext());
  const end = () => close(work, undefined);
  /** @type {any} */
  let result;
  try {
    result = trackedStorage().run(work, fn);
  } catch (error) {
    end();
    throw error;
  }
  if (!isThenable(result)) {
    end();
    return result;
  }
  return /** @type {any} */ (new Promise((settle) => settle(result)).finally(end));
}

/** @param {any} result what the caller gets back as it is, so that what reading it throws is not onescope's to throw */
function isThenable(result) {
  try {
    return typeof result?.then === "function";
  } catch {
    return false;
  }
}

/**
 * Names the context that runs here. Its route does not change the name any more.
 *
 * @param {string} text cut to 64 bytes of UTF-8
 * @throws {OnescopeError} `ERR_ONESCOPE_NO_CONTEXT` outside a request and outside `with`, `ERR_ONESCOPE_SLOT_KIND` for
 *   what is no string
 */
export function label(text) {
  const name = encodeLabel(checkedLabel(text));
  const context = /** @type {any} */ (currentContext());
  if (context === undefined) {
    throw new OnescopeError(
      CODES.NO_CONTEXT,
      "no request and no work runs here; call label() inside a request, which trackRequests() makes a context, or inside with()",
    );
  }
  writeName(context, name);
}

/** @param {unknown} text */
function checkedLabel(text) {
  if (typeof text === "string") return text;
  throw new OnescopeError(CODES.SLOT_KIND, `a label is a string, not ${text === null ? "null" : typeof text}`);
}
