import { AsyncResource } from "node:async_hooks";

// Executes a program of context-programs.mjs with the storages of a world and records every read. The same program in
// the same propagation mode must give the same trace in every world, whatever class its storages are of.
//
// What a slot does otherwise than Node's class, by decision, and what no program does for that reason:
//
//   With async_hooks `disable()` and `exit()` suspend the storage in all contexts at once, and entering it anywhere
//   brings all the old values back. A slot leaves the storage in the current context only, so a program
//   - does not enter a storage again once it is disabled, nor disables one inside an `exit` or a `withScope` of it, both
//     of which enter it again at their end;
//   - inside the synchronous part of an `exit` neither runs that storage nor enters a context held earlier.
//
//   With async_hooks a `defaultValue` shows in resources that are older than the storage, which cannot be listed: storages
//   with one are for frames (slot-storage.spec.mjs has what holds in both).
//
//   With frames `disable()` takes the value out of the frame that is current, so everything that was started in that very
//   frame loses it too. The end of a `run` makes a new frame but brings back the scope that was there before it, and a
//   foreign storage makes a new frame but no scope. So a program enters a slot first, starts something in it and disables then.

/** The values that programs enter storages with. Compared with `Object.is`. */
export const VALUES = [undefined, null, 1, 0, -0, Number.NaN, "", { first: 1 }, { second: 2 }];

const DEFAULT = { default: true };

class Thrown extends Error {}

/**
 * @typedef {object} World
 * @property {import("node:async_hooks").AsyncLocalStorage<any>[]} storages
 * @property {() => (fn: Function) => any} snapshot
 * @property {(fn: (body: Function) => any) => (body: Function) => any} bind
 * @property {boolean} frames
 */

/**
 * @param {any} Class the class of the storages
 * @param {boolean} frames
 * @param {{ count: number, foreign?: any }} storages `foreign`: the class of one storage more
 * @returns {World}
 */
export function createWorld(Class, frames, { count, foreign }) {
  const storages = Array.from({ length: count }, (_, i) => {
    return frames && i === 0 ? new Class({ name: "first", defaultValue: DEFAULT }) : new Class();
  });
  if (foreign !== undefined) storages.push(new foreign());
  return { storages, frames, snapshot: () => Class.snapshot(), bind: (fn) => Class.bind(fn) };
}

/**
 * @param {{ macro: string, ops: any[] }} program
 * @param {World} world
 * @returns {Promise<string[]>} the trace
 */
export async function execute(program, world) {
  const machine = new Machine(program.macro, world);
  // A resource of its own, so that what the program enters at its outermost level ends with it.
  new AsyncResource("program").runInAsyncScope(() => machine.start("async function", program.ops, []));
  await machine.settled();
  // With async_hooks a storage that stays enabled taxes every promise of the programs after it.
  for (const storage of world.storages) storage.disable();
  return machine.trace;
}

class Machine {
  /** @type {string[]} */
  trace = [];
  /** @type {Promise<void>[]} */
  #pending = [];
  #world;
  #macro;
  /** per storage: `exit` calls whose synchronous part runs now */
  #exits;
  /** per storage: `withScope` scopes that are not disposed of yet */
  #scopes;
  /** @type {Set<number>} */
  #disabled = new Set();

  /**
   * @param {string} macro
   * @param {World} world
   */
  constructor(macro, world) {
    this.#macro = macro === "timeout" ? (fn) => setTimeout(fn, 1) : setImmediate;
    this.#world = world;
    this.#exits = world.storages.map(() => 0);
    this.#scopes = world.storages.map(() => 0);
  }

  async settled() {
    while (this.#pending.length > 0) await this.#pending.shift();
  }

  /** Starts a flow of its own that only `settled` waits for. */
  start(how, ops, held) {
    const flow = async () => {
      try {
        this.#read("started");
        await this.#flow(ops, held);
        this.#read("ended");
      } catch (error) {
        if (!(error instanceof Thrown)) throw error;
        this.#read("failed");
      }
    };
    this.#pending.push(
      new Promise((resolve, reject) => {
        const begin = () => void flow().then(resolve, reject);
        if (how === "then") Promise.resolve().then(begin);
        else if (how === "queueMicrotask") queueMicrotask(begin);
        else if (how === "nextTick") process.nextTick(begin);
        else if (how === "macrotask") this.#macro(begin);
        else begin();
      }),
    );
  }

  /** Executes ops one after the other, waiting where they wait. */
  async #flow(ops, held) {
    for (const op of ops) {
      if (op.op === "await") await this.#await(op.how);
      else if (op.op === "hold") await this.#flow(op.then, [this.#hold(op.how), ...held]);
      else if (op.async) await this.#step(op, held, (body) => this.#flow(body, held));
      else this.#step(op, held, (body) => this.#now(body, held));
    }
  }

  /** Executes ops synchronously. */
  #now(ops, held) {
    for (const op of ops) {
      if (op.op === "hold") this.#now(op.then, [this.#hold(op.how), ...held]);
      else this.#step(op, held, (body) => this.#now(body, held));
    }
  }

  /**
   * @param {any} op
   * @param {Function[]} held
   * @param {(ops: any[]) => any} body executes the op's body
   */
  #step(op, held, body) {
    const storage = this.#world.storages[op.s];
    if (storage !== undefined && this.#deviates(op)) return body(op.body ?? []);
    switch (op.op) {
      case "read":
        return this.#read("read");
      case "throw":
        throw new Thrown();
      case "enterWith":
        storage.enterWith(this.#value(op));
        return this.#read("entered");
      case "run":
        return this.#after("left run", () => storage.run(this.#value(op), ...this.#checked(op, body)));
      case "exit":
        return this.#after("left exit", () => this.#exit(storage, op, body));
      case "withScope":
        return this.#withScope(storage, op, body);
      case "try":
        return this.#try(op, body);
      case "start":
        return this.start(op.how, op.body, held);
      case "use":
        if (held.length === 0 || this.#suspended()) return body(op.body);
        return this.#after("left held", () => held[op.held % held.length](() => this.#entered(op, body)));
      case "disable":
        return this.#disable(storage, op);
    }
  }

  #deviates({ op, s }) {
    if (this.#world.frames) return false;
    if (this.#disabled.has(s)) return true;
    if (op === "run") return this.#exits[s] > 0;
    return op === "disable" && this.#exits[s] + this.#scopes[s] > 0;
  }

  #suspended() {
    return !this.#world.frames && this.#exits.some((depth) => depth > 0);
  }

  /** The callback and arguments of a `run` or `exit`, recording whether the arguments and `this` arrive. */
  #checked(op, body) {
    const trace = this.trace;
    const entered = () => this.#entered(op, body);
    return [
      function (...args) {
        trace.push(`called with ${args} on ${this}`);
        return entered();
      },
      op.s,
      "argument",
    ];
  }

  #entered(op, body) {
    this.#read(`in ${op.op}`);
    return body(op.body);
  }

  #exit(storage, op, body) {
    this.#exits[op.s]++;
    try {
      return storage.exit(...this.#checked(op, body));
    } finally {
      this.#exits[op.s]--;
    }
  }

  #withScope(storage, op, body) {
    if (storage.withScope === undefined) return body(op.body);
    this.#scopes[op.s]++;
    const scope = storage.withScope(this.#value(op));
    return this.#finally(
      () => this.#entered(op, body),
      () => {
        scope.dispose();
        scope.dispose();
        this.#scopes[op.s]--;
        this.#read("disposed");
      },
    );
  }

  #try(op, body) {
    const caught = (error) => {
      if (!(error instanceof Thrown)) throw error;
      this.#read("caught");
    };
    try {
      const result = body(op.body);
      return result instanceof Promise ? result.catch(caught) : result;
    } catch (error) {
      caught(error);
    }
  }

  #disable(storage, { s, within }) {
    const disable = () => {
      this.start("then", [{ op: "read" }], []);
      const held = this.#hold("snapshot");
      storage.disable();
      this.#disabled.add(s);
      this.#read("disabled");
      if (!this.#suspended()) held(() => this.#read("held before disable"));
    };
    const other = this.#world.storages[s === 0 ? 1 : 0];
    if (!this.#world.frames) return disable();
    if (within) return this.#after("left disable", () => other.run(this, disable));
    other.enterWith(other.getStore());
    disable();
  }

  #hold(how) {
    if (how === "snapshot") return this.#world.snapshot();
    if (how === "bind") return this.#world.bind((body) => body());
    const resource = new AsyncResource("held");
    return (body) => resource.runInAsyncScope(body);
  }

  async #await(how) {
    if (how === "promise") await Promise.resolve();
    else if (how === "macrotask") await new Promise((resolve) => void this.#macro(resolve));
    else if (how === "rejection") await Promise.reject(new Thrown()).catch(() => this.#read("rejected"));
    // biome-ignore lint/suspicious/noThenProperty: awaiting a thenable calls its method in a microtask of its own
    else if (how === "thenable") await { then: (resolve) => resolve(this.#read("in then")) };
    else await 1;
    this.#read("awaited");
  }

  /** Reads after the synchronous part of `enter`, and once more after the asynchronous part if it has one. */
  #after(what, enter) {
    let result;
    try {
      result = enter();
    } finally {
      this.#read(what);
    }
    return result instanceof Promise ? result.finally(() => this.#read(`${what}, later`)) : result;
  }

  #finally(enter, leave) {
    let result;
    try {
      result = enter();
    } catch (error) {
      leave();
      throw error;
    }
    if (result instanceof Promise) return result.finally(leave);
    leave();
    return result;
  }

  #value({ s, v }) {
    return v < 0 ? this.#world.storages[s].getStore() : VALUES[v];
  }

  #read(where) {
    this.trace.push(`${where}: ${this.#world.storages.map((storage) => nameOf(storage.getStore())).join(" ")}`);
  }
}

function nameOf(value) {
  const index = VALUES.findIndex((known) => Object.is(known, value));
  if (index >= 0) return index;
  return value === DEFAULT ? "default" : "unknown value";
}
