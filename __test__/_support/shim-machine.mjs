import { setImmediate } from "node:timers/promises";
import { inspect } from "node:util";

// Executes a program of shim-programs.mjs on two copies of a state module and records what both read after every step. The
// same program must give the same trace whatever the first copy is: vinext's own, or ours.
//
// Two things that a program does not do. A stock copy cannot make a child of a context of ours, as docs/architecture.md says, so
// inside a request only the copy that made its context opens scopes, unless that is the second copy, which is stock in
// every world. And flows go on only in macrotasks: how many microtasks an async function takes is not specified.

class Thrown extends Error {}

/**
 * @param {any[]} program
 * @param {{ copies: any[], shim: import("./shim-operations.mjs").Shim }} world
 * @returns {Promise<string[]>} the trace
 */
export async function execute(program, world) {
  const machine = new Machine(world);
  await machine.flow(program, undefined).catch(expectThrown);
  return machine.finish();
}

/** @param {unknown} error */
function expectThrown(error) {
  if (!(error instanceof Thrown)) throw error;
}

const show = (value) => inspect(value, { depth: 6, breakLength: Number.POSITIVE_INFINITY, sorted: true });

class Machine {
  #world;
  /** @type {string[]} */
  #trace = [];
  /** @type {Promise<void>[]} */
  #flows = [];
  /** @type {Promise<string>[]} what promises that acts returned came to, in the order of the acts */
  #outcomes = [];
  /** what acts may keep for later acts of the same program, and log in any order */
  #memory;

  constructor(world) {
    this.#world = world;
    this.#memory = { held: [], logged: [] };
    world.shim.prepare?.(world.copies, this.#memory);
  }

  async finish() {
    while (this.#flows.length > 0) await this.#flows.shift();
    const outcomes = await Promise.all(this.#outcomes);
    return [...this.#trace, ...outcomes, ...this.#memory.logged.sort()];
  }

  /** Executes ops one after the other, waiting where they wait. `maker` is the copy that made the current request. */
  async flow(ops, maker) {
    for (const op of ops) {
      if (op.op === "await") {
        await setImmediate();
        this.#read("awaited");
      } else if (op.async) await this.#step(op, maker, (body, inner) => this.flow(body, inner));
      else this.#now([op], maker);
    }
  }

  /** Executes ops synchronously. Only `finish` waits for those that return a promise. */
  #now(ops, maker) {
    for (const op of ops) {
      if (op.op === "await") continue;
      const result = this.#step(op, maker, (body, inner) => this.#now(body, inner));
      if (result instanceof Promise) this.#flows.push(result.catch(expectThrown));
    }
  }

  #step(op, maker, body) {
    const { shim, copies } = this.#world;
    switch (op.op) {
      case "throw":
        throw new Thrown();
      case "try":
        return this.#try(() => body(op.body, maker));
      case "start":
        this.#flows.push(this.flow(op.body, maker).catch(expectThrown));
        return this.#read("started");
      case "request": {
        const copy = copies[op.copy];
        const context = copy.createRequestContext(OPTIONS[op.arg % OPTIONS.length]());
        return this.#enter("request", (fn) => copy.runWithRequestContext(context, fn), op, op.copy, body);
      }
      case "child": {
        const copy = copies[maker === 0 ? 0 : op.copy];
        return this.#enter("child", (fn) => copy.runWithUnifiedStateMutation(() => {}, fn), op, maker, body);
      }
      case "scope": {
        const copy = copies[maker === 0 ? 0 : op.copy];
        const open = shim.scopes[op.name];
        return this.#enter(op.name, (fn) => open(copy, fn, op.arg, this.#memory), op, maker, body);
      }
      case "act":
        return this.#act(op, maker !== undefined);
    }
  }

  #enter(name, open, op, maker, body) {
    let result;
    try {
      result = open(() => {
        this.#read(`in ${name}`);
        return body(op.body, maker);
      });
    } finally {
      this.#read(`left ${name}`);
    }
    if (!(result instanceof Promise)) return result;
    // Whether the caller learns of the end in this turn or the next is not compared.
    return result.finally(() => setImmediate()).finally(() => this.#read(`left ${name}, later`));
  }

  #act({ name, copy, arg }, inRequest) {
    const { shim, copies } = this.#world;
    let result;
    try {
      result = shim.acts[name](copies[copy], arg, this.#memory, inRequest);
    } catch (error) {
      result = error.message;
    }
    if (result instanceof Promise) {
      this.#outcomes.push(result.then(show, (error) => `rejected with ${show(error?.message ?? error)}`));
      result = "a promise";
    }
    this.#read(`${name} gave ${show(result)}`);
  }

  #try(enter) {
    const caught = (error) => {
      expectThrown(error);
      this.#read("caught");
    };
    try {
      const result = enter();
      return result instanceof Promise ? result.catch(caught) : result;
    } catch (error) {
      caught(error);
    }
  }

  #read(where) {
    const { shim, copies } = this.#world;
    this.#trace.push(`${where}: ${copies.map((copy) => show(shim.read(copy, this.#memory))).join(" | ")}`);
  }
}

/** What requests are made with. */
const OPTIONS = [
  () => undefined,
  () => ({ phase: "action" }),
  () => ({ phase: "route-handler", unstableCacheRevalidation: "background" }),
  () => ({ executionContext: { id: "given" }, isOnDemandRevalidate: true }),
  () => ({ executionContext: undefined, rootParams: { lang: "given" }, currentRequestTags: ["given"] }),
];
