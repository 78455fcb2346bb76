import { Collections, Values } from "../generated/context-fields.js";
import { SLOTS } from "../generated/slot-table.js";
import { ways } from "../scope/ways.js";
import { shared } from "../shared.js";
import { isClosed } from "./cells.js";
import { closing } from "./closing.js";
import { Extras } from "./extras.js";
import { countLate, uncounted } from "./late.js";

// Releasing a request: its context and all its forks lose their JavaScript values, so that whoever still holds one of them
// holds little. Native values lie in the cell and stay. So do two that later work needs, and that hold nothing of the
// request's: the state of `after()`, lest a late callback waits for a response that is over, and the host's execution
// context, which late work is told to.
//
// It happens in the turn after the request closed, and not before the work that it gave to `waitUntil` has settled: vinext
// writes its caches there, from what the context says.

/** @typedef {import("./request-context.js").Context} Context */

/**
 * A class of what stands in the place of dropped values: reads give the defaults and are counted; what is written stays.
 *
 * @param {Record<string, unknown>} defaults
 * @param {string} kept the one that is not dropped
 * @returns {new (context: Context, value: unknown) => Record<string, unknown>}
 */
function stub(defaults, kept) {
  class Released {
    /**
     * @param {Context} context
     * @param {unknown} value of the one that is kept
     */
    constructor(context, value) {
      this.$context = context;
      /** @type {any} */ (this)[kept] = value;
    }
  }
  for (const [name, value] of Object.entries(defaults)) {
    if (name === kept) continue;
    Object.defineProperty(Released.prototype, name, {
      /** @this {Released} */
      get() {
        countLate(this.$context);
        return value;
      },
      /** @this {Released} @param {unknown} written */
      set(written) {
        Object.defineProperty(this, name, { value: written, writable: true, enumerable: true, configurable: true });
      },
    });
  }
  return /** @type {any} */ (Released);
}

const ReleasedValues = stub({ ...new Values() }, "executionContext");
const ReleasedCollections = stub({ ...new Collections() }, "afterContext");

/**
 * @param {object} record
 * @returns {boolean}
 */
function isReleased(record) {
  return record instanceof ReleasedValues || record instanceof ReleasedCollections;
}

/** Values of registered slots, of a context that was released. */
class LateMap extends Map {
  /** @param {Context} context */
  constructor(context) {
    super();
    this.context = context;
  }

  /** @override @param {number} id */
  get(id) {
    if (!super.has(id)) countLate(this.context);
    return super.get(id);
  }
}

/** @type {Map<string, unknown>} of native fields */
const DEFAULTS = new Map(SLOTS.filter(({ native }) => native).map((slot) => [slot.key, slot.default]));

/** @param {Context} context */
function drop(context) {
  // What is frozen is the blank that contexts share until they are written to.
  const values = context.$values;
  if (!Object.isFrozen(values) && !isReleased(values)) {
    context.$values = new ReleasedValues(context, values.executionContext);
  }
  const { $collections: own, $family: family } = context;
  if ((!Object.isFrozen(own) || family !== undefined) && !isReleased(own)) {
    context.$collections = new ReleasedCollections(context, own.afterContext);
  }
  if (context.$extra === undefined || context.$extra.own instanceof LateMap) return;
  // Their lanes say that the values lie in what goes now.
  for (const name of context.$extra.exotic.keys()) /** @type {any} */ (context)[name] = DEFAULTS.get(name);
  context.$extra = new Extras();
  context.$extra.own = new LateMap(context);
}

/** @type {WeakMap<object, Context[]>} by family */
const forks = shared("releasableForks", () => new WeakMap());

/** @param {Context} root */
function dropAll(root) {
  const family = /** @type {any} */ (root.$family);
  drop(root);
  if (family === undefined) return;
  for (const fork of forks.get(family) ?? []) drop(fork);
  forks.delete(family);
  for (const name of Object.keys(family)) {
    if (name !== "root" && name !== "afterContext") family[name] = undefined;
  }
}

/**
 * @param {Context} parent
 * @param {(parent: Context) => Context} make
 */
function fork(parent, make) {
  const child = uncounted(() => make(parent));
  const family = /** @type {import("../generated/context-fields.js").Family} */ (child.$family);
  // Nobody would release it later, and it has nothing that was written before.
  if (isClosed(family.root)) return child;
  const known = forks.get(family);
  if (known === undefined) forks.set(family, [child]);
  else known.push(child);
  return child;
}

/** @typedef {{ pending: number, closed: Context[] }} Work what a host's execution context waits for, and who waits for it */
/** @type {WeakMap<object, Work>} */
const work = shared("backgroundWork", () => new WeakMap());

/** @param {Context} context */
function watch(context) {
  const host = /** @type {any} */ (context.executionContext);
  if (typeof host?.waitUntil !== "function" || work.has(host) || !Object.isExtensible(host)) return;
  /** @type {Work} */
  const own = { pending: 0, closed: [] };
  work.set(host, own);
  const { waitUntil } = host;
  const settled = () => {
    if (--own.pending === 0) for (const root of own.closed.splice(0)) enqueue(root);
  };
  /** @this {unknown} @param {unknown} promise */
  host.waitUntil = function (promise) {
    own.pending++;
    Promise.resolve(promise).then(settled, settled);
    return Reflect.apply(waitUntil, this, [promise]);
  };
}

/** @type {Context[]} closed in this turn */
let queue = [];

/** @param {Context} root */
function enqueue(root) {
  // Outside every scope, lest the turn after holds on to the request that happened to close first.
  if (queue.push(root) === 1) ways.resume({ scope: undefined }, () => setImmediate(flush), null, []);
}

function flush() {
  const roots = queue;
  queue = [];
  for (const root of roots) {
    const host = root.$values.executionContext;
    const waiting = host == null ? undefined : work.get(/** @type {object} */ (host));
    if (waiting !== undefined && waiting.pending > 0) waiting.closed.push(root);
    else dropAll(root);
  }
}

/**
 * Makes requests drop their values once they are closed, or lets them keep them as they do by default. Those that closed
 * before are left as they are.
 *
 * @param {boolean} [on]
 */
export function releaseOnClose(on = true) {
  closing.release = on ? enqueue : undefined;
  closing.fork = on ? fork : undefined;
  closing.watch = on ? watch : undefined;
}
