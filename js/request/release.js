import { entry } from "../async-context/entry.js";
import { BLANK_COLLECTIONS, BLANK_VALUES, Collections, ContextGroup, Values } from "../generated/context-fields.js";
import { SLOTS } from "../generated/slot-table.js";
import { hooks } from "../store/hooks.js";
import { isClosed } from "../store/records.js";
import { keyOf } from "../util/copies.js";
import { createSharedHandle } from "../util/handle.js";
import { shared } from "../util/shared.js";
import { setImmediate } from "../util/timers.js";
import { countLateRead, uncounted } from "./late-reads.js";
import { SideTable } from "./side-table.js";

/** @import { Context } from "./request-context.js" */

// Releasing a request: all contexts of its context group lose their JavaScript values, so that code which still holds one of them
// holds little. Native values are in the record and stay. So do two that later work needs and that reference nothing of the
// request: the state of `after()`, so that a late callback does not wait for a response that is over, and the host's execution
// context, which late work is given to.
//
// It happens in the turn after the request closed, and not before the work that it gave to `waitUntil` has settled: there
// vinext writes its caches, from what the context says.

/**
 * A class of objects that replace dropped values: reads give the defaults and are counted; what is written stays.
 *
 * @param {Record<string, unknown>} defaults
 * @param {string} kept the one that is not dropped
 * @returns {new (context: Context, value: unknown) => { readonly $context: Context, [name: string]: unknown }}
 */
function releasedClass(defaults, kept) {
  class Released {
    /**
     * @param {Context} context
     * @param {unknown} value of the one that is kept
     */
    constructor(context, value) {
      this.$context = context;
      /** @type {Record<string, unknown>} */ (/** @type {unknown} */ (this))[kept] = value;
    }
  }
  for (const [name, value] of Object.entries(defaults)) {
    if (name === kept) continue;
    Object.defineProperty(Released.prototype, name, {
      /** @this {Released} */
      get() {
        countLateRead(this.$context);
        return value;
      },
      /** @this {Released} @param {unknown} written */
      set(written) {
        Object.defineProperty(this, name, { value: written, writable: true, enumerable: true, configurable: true });
      },
    });
  }
  return /** @type {ReturnType<typeof releasedClass>} */ (/** @type {unknown} */ (Released));
}

const ReleasedValues = releasedClass({ ...new Values() }, "executionContext");
const ReleasedCollections = releasedClass({ ...new Collections() }, "afterContext");

/** Values of registered slots of a released context: reads of missing ones are counted. */
class ReleasedMap extends Map {
  /** @param {Context} context */
  constructor(context) {
    super();
    this.context = context;
  }

  /** @override @param {number} id */
  get(id) {
    if (!super.has(id)) countLateRead(this.context);
    return super.get(id);
  }
}

/** @type {Map<string, unknown>} of native fields */
const DEFAULTS = new Map(SLOTS.filter(({ native }) => native).map((slot) => [slot.key, slot.default]));

/** @param {Context} context */
function drop(context) {
  const values = context.$values;
  if (values !== BLANK_VALUES && !(values instanceof ReleasedValues)) {
    context.$values = new ReleasedValues(context, values.executionContext);
  }
  const { $collections: own, $group: group } = context;
  if ((own !== BLANK_COLLECTIONS || group !== undefined) && !(own instanceof ReleasedCollections)) {
    context.$collections = new ReleasedCollections(context, own.afterContext);
  }
  if (context.$sideTable !== undefined && !(context.$sideTable.own instanceof ReleasedMap))
    dropSideTable(context, context.$sideTable);
}

/**
 * @param {Context} context
 * @param {SideTable} table
 */
function dropSideTable(context, table) {
  // The record says that the values of these are in what is dropped now.
  for (const name of table.other.keys()) /** @type {any} */ (context)[name] = DEFAULTS.get(name);
  context.$sideTable = new SideTable();
  context.$sideTable.own = new ReleasedMap(context);
}

/** @param {Context} root */
function dropAll(root) {
  const group = root.$group;
  drop(root);
  if (group === undefined) return;
  const empty = new ContextGroup(root);
  empty.afterContext = group.afterContext;
  root.$group = empty;
  for (let child = group.children; child !== undefined; child = child.next) {
    drop(child.context);
    child.context.$group = empty;
  }
}

/**
 * @param {Context} parent
 * @param {(parent: Context) => Context} make
 */
function listChild(parent, make) {
  const isLate = parent.$values instanceof ReleasedValues || parent.$collections instanceof ReleasedCollections;
  const child = isLate ? uncounted(() => make(parent)) : make(parent);
  const group = /** @type {ContextGroup} */ (child.$group);
  // A child made after the close is not listed: nothing would release it, and it has nothing that was written before.
  if (!isClosed(group.root)) group.children = { context: child, next: group.children };
  return child;
}

// Copies with other layouts wait for, and drop, their own.
const WORK = Symbol.for(keyOf("work.1"));

/** The work that a host's execution context waits for, and the closed requests that wait for that work. */
class Work {
  pending = 0;
  /** @type {Context[] | undefined} */
  closed = undefined;

  /** @param {unknown} promise */
  add(promise) {
    this.pending++;
    const settled = () => this.settle();
    Promise.resolve(promise).then(settled, settled);
  }

  settle() {
    if (--this.pending > 0 || this.closed === undefined) return;
    for (const root of this.closed) enqueue(root);
    this.closed = undefined;
  }
}

/** @typedef {{ waitUntil?: (promise: unknown) => void, [WORK]?: Work }} Host the host's execution context */

/** @param {Context} context */
function watch(context) {
  const host = /** @type {Host | null} */ (context.executionContext);
  if (typeof host?.waitUntil !== "function" || host[WORK] !== undefined || !Object.isExtensible(host)) return;
  const { waitUntil } = host;
  const work = new Work();
  host[WORK] = work;
  /** @this {unknown} @param {unknown} promise */
  host.waitUntil = function (promise) {
    work.add(promise);
    return waitUntil.call(this, promise);
  };
}

/** @type {Context[]} closed in this turn */
let queue = [];

/** @param {Context} root */
function enqueue(root) {
  // Outside every scope: otherwise the immediate keeps in memory the request that closed first.
  if (queue.push(root) === 1) entry.runOutside(() => setImmediate(flush));
}

function flush() {
  const roots = queue;
  queue = [];
  for (const root of roots) {
    /** @type {Work | undefined} */
    const work = /** @type {Host | null | undefined} */ (root.$values.executionContext)?.[WORK];
    if (work === undefined || work.pending === 0) dropAll(root);
    else if (work.closed === undefined) work.closed = [root];
    else work.closed.push(root);
  }
}

const state = shared("releasing", () => ({ users: 0 }));

/** @type {typeof import("../inspect.js").releaseOnClose} */
export function releaseOnClose() {
  const start = () => {
    hooks.released = enqueue;
    hooks.createChild = listChild;
    hooks.outlived = watch;
  };
  const end = () => {
    hooks.released = hooks.createChild = hooks.outlived = undefined;
  };
  return createSharedHandle(state, start, end);
}
