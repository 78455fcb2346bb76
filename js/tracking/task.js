import { claimIndex, SlotStorage } from "../async-context/slot-storage.js";
import { STATES } from "../generated/slot-table.js";
import { encodeLabel, writeName } from "../store/label.js";
import { close, OTHER, takeNestedRecord, takeNewRecord } from "../store/records.js";
import { NO_BYTES, NO_WORDS, tracking } from "../store/tracked.js";
import { CODES, OnescopeError } from "../util/errors.js";
import { refuseOption } from "../util/options.js";
import { currentContext, requestHere } from "./current-context.js";

const ACTIVE = STATES.indexOf("active");

/** What `runTask` runs. */
class Task {
  $words = NO_WORDS;
  $bytes = NO_BYTES;
  $base = 0;
  $kind = OTHER;
  joinable = false;
  /** @type {import("../request/request-context.js").Context | undefined} */
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
 * Gives a task its record, entered.
 *
 * @param {Task} task
 * @param {import("../store/label.js").Label} label
 * @param {import("../store/records.js").RecordOwner | undefined} parent the context that it was made in
 */
function open(task, label, parent) {
  if (parent === undefined) takeNewRecord(task);
  else takeNestedRecord(task, parent);
  task.$bytes[task.$base << 2] = ACTIVE;
  writeName(task, label);
}

/** @type {typeof import("../inspect.js").runTask} */
export function runTask(label, fn) {
  const task = new Task();
  const name = encodeLabel(checkedLabel(label));
  if (typeof fn !== "function") refuseOption("runTask()", "fn", fn, "a function");
  task.outer = requestHere();
  open(task, name, currentContext());
  const end = () => close(task, undefined);
  /** @type {ReturnType<typeof fn>} */
  let result;
  try {
    result = trackedStorage().run(task, fn);
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

/** @param {any} result returned to the caller as it is; an error from reading it is not ours to throw */
function isThenable(result) {
  try {
    return typeof result?.then === "function";
  } catch {
    return false;
  }
}

/** @type {typeof import("../inspect.js").label} */
export function label(text) {
  const name = encodeLabel(checkedLabel(text));
  const context = /** @type {Parameters<typeof writeName>[0] | undefined} */ (currentContext());
  if (context === undefined) {
    throw new OnescopeError(
      CODES.NO_CONTEXT,
      "label() was called outside a request and outside runTask(); call trackRequests() first, or call label() inside runTask()",
    );
  }
  writeName(context, name);
}

/** @param {unknown} text */
function checkedLabel(text) {
  if (typeof text === "string") return text;
  throw new OnescopeError(
    CODES.SLOT_KIND,
    `a label must be a string, not ${text === null ? "null" : typeof text}; pass a string`,
  );
}
