import { AsyncLocalStorage } from "node:async_hooks";
import { inspect } from "node:util";
import { PLAIN_CALLS } from "./headers-programs.mjs";
import { stockUrl } from "./stock.mjs";

// Executes a program of headers-programs.mjs with the request APIs of a world and records all that they response. The same
// program must give the same trace in every world.

const { createPprFallbackShellState, runWithPprFallbackShellState } = await import(
  stockUrl("shims/ppr-fallback-shell.js")
);

const global = /** @type {any} */ (globalThis);
const useCache = (global[Symbol.for("vinext.cacheRuntime.contextAls")] ??= new AsyncLocalStorage());
const unstableCache = (global[Symbol.for("vinext.unstableCache.als")] ??= new AsyncLocalStorage());

/** How far a date may be from now to count as one that a `maxAge` made. */
const SOON = 600_000;

const PENDING = Symbol("pending");

/**
 * @typedef {object} World
 * @property {() => any} api exports of a `headers` and a `headers-state` module; called for each operation
 * @property {() => any} scopes the same, for what makes a child of a request context
 * @property {any} requests exports of a `unified-request-context` module
 */

/** @param {string} base of a folder of shims */
export async function loadVariant(base) {
  const [headers, state, requests] = await Promise.all(
    ["headers", "internal/headers-state", "unified-request-context"].map((name) => import(`${base}${name}.js`)),
  );
  return { api: { ...headers, ...state }, requests };
}

/**
 * @param {{ where: string, phase: string, context: any, ops: any[] }} program
 * @param {World} world
 * @returns {Promise<string[]>} the trace
 */
export async function execute(program, world) {
  const machine = new Machine(world);
  await machine.run(program);
  return machine.trace;
}

class Machine {
  /** @type {string[]} */
  trace = [];
  /** @type {any[]} */
  #held = [];
  /** @type {Array<() => void>} */
  #listening = [];
  #world;

  /** @param {World} world */
  constructor(world) {
    this.#world = world;
  }

  async run({ where, phase, context, ops }) {
    const body = async () => {
      this.#world.api().setHeadersAccessPhase(phase);
      await this.#all(ops);
      this.#readAll();
    };
    const { requests } = this.#world;
    const given = this.#context(context);
    if (where === "request") {
      await requests.runWithRequestContext(requests.createRequestContext({ headersContext: given }), body);
      return;
    }
    const { setHeadersContext, headersShimAls } = this.#world.api();
    if (where === "storage") {
      await headersShimAls.run({ ...freshState(), headersContext: given }, body);
      return;
    }
    // What the process shares is reset as a whole, because earlier programs used it too.
    Object.assign(this.#world.api().getHeadersShimState(), freshState());
    setHeadersContext(given);
    await body();
    setHeadersContext(null);
  }

  async #all(ops) {
    for (const op of ops) await this.#step(op);
  }

  async #step(op) {
    try {
      const result = this.#start(op);
      if (!(result instanceof Promise)) this.#say(op, result);
      else this.#say(op, "promise of", await result);
    } catch (error) {
      // A suspending API throws its promise.
      this.#say(op, "threw", error instanceof Promise ? "its promise" : error);
    }
  }

  /** @returns {any} */
  #start(op) {
    const api = this.#world.api();
    switch (op.op) {
      case "use": {
        const result = api[op.api]();
        if (op.via === "sync" && op.api !== "draftMode") return use(result, op.use);
        return settle(result, (value) => use(value, op.use));
      }
      case "hold":
        return settle(api[op.api](), (value) => {
          this.#held.push(value);
          return this.#held.indexOf(value);
        });
      case "use held":
        return this.#held.length === 0 ? "none" : use(this.#held[op.at % this.#held.length], op.use);
      case "phase":
        return api.setHeadersAccessPhase(op.phase);
      case "call":
        return api[op.call]();
      case "middleware":
        return api.applyMiddlewareRequestHeaders(middlewareHeaders(op.response));
      case "live headers": {
        const headers = api.getHeadersContext()?.headers;
        return headers === undefined ? "none" : use(headers, { member: op.member, args: op.args });
      }
      case "setHeadersContext":
        return api.setHeadersContext(op.context === null ? null : this.#context(op.context));
      case "replaceHeadersContext":
        return api.replaceHeadersContext(this.#context(op.context));
      case "applyEffective":
        return api.applyEffectiveRequestCookieHeader(op.header);
      case "hasChanges":
        return api.hasEffectiveRequestCookieChanges(op.header);
      case "restoreDraft":
        return api.restoreDraftModeTransition(op.header);
      case "mark":
        return api.markRenderRequestApiUsage(op.kind);
      case "listen":
        this.#listening.push(api.onRenderDynamicLatched(() => this.trace.push("latched")));
        return "listening";
      case "unlisten":
        return this.#listening.pop()?.();
      case "throwIfCached":
        return api.throwIfInsideCacheScope("connection()");
      case "recordInvalid":
        return api.recordInvalidDynamicUsageError(api.getHeadersShimState(), new Error(`use ${this.trace.length}`));
      case "suspend":
        // Pending for ever; the probe around it goes on.
        return api.suspendConnectionProbe() ?? "no probe";
      case "draftRequest":
        return api.isDraftModeRequest(requestOf(op.context), op.context.secret ?? "");
      case "scope":
        return this.#scope(op);
      default:
        throw new TypeError(op.op);
    }
  }

  async #scope({ scope, context, body }) {
    const { requests } = this.#world;
    const scopes = this.#world.scopes();
    const run = async () => {
      await this.#all(body);
      return `end of ${scope}`;
    };
    switch (scope) {
      case "runWithHeadersContext":
        return scopes.runWithHeadersContext(this.#context(context), run);
      case "runWithDetachedDynamicUsage":
      case "runWithConnectionProbe":
        return scopes[scope](run);
      case "request":
        return requests.runWithRequestContext(
          requests.createRequestContext({ headersContext: this.#context(context) }),
          run,
        );
      case "use cache":
      case "use cache: private": {
        const variant = scope === "use cache" ? "default" : "private";
        const held = { variant, invalidDynamicUsageError: undefined };
        const end = await useCache.run(held, run);
        return [end, held.invalidDynamicUsageError?.message];
      }
      case "unstable_cache":
        return unstableCache.run(true, run);
      default: {
        const state = createPprFallbackShellState({ fallbackParamNames: ["id"], routePattern: "/[id]" });
        const end = await runWithPprFallbackShellState(state, run);
        return [end, state.hasDynamicBoundary];
      }
    }
  }

  /** @param {any} given */
  #context(given) {
    const { headersContextFromRequest } = this.#world.api();
    const context =
      given.from === "request"
        ? headersContextFromRequest(requestOf(given), { draftModeSecret: given.secret })
        : { headers: requestOf(given).headers, cookies: new Map([["a", "plain"]]), draftModeSecret: given.secret };
    if (given.flag === "forceStatic") context.forceStatic = true;
    if (given.flag === "accessError") context.accessError = new Error("static");
    return context;
  }

  /** What a server reads after a render, and all of the state. */
  #readAll() {
    const api = this.#world.api();
    const state = api.getHeadersShimState();
    const { headersContext: context, connectionProbe, renderDynamicLatch } = state;
    this.#say("context", context && [[...context.headers], [...context.cookies], context.draftModeEnabled]);
    this.#say("probe", connectionProbe && [connectionProbe.active, connectionProbe.interrupted]);
    this.#say("latch", renderDynamicLatch.dynamic, renderDynamicLatch.listeners.size);
    this.#say("error", state.invalidDynamicUsageError);
    for (const call of PLAIN_CALLS.filter((name) => /^(peek|is|has|consume|get)/.test(name))) {
      try {
        this.#say(call, api[call]());
      } catch (error) {
        this.#say(call, "threw", error);
      }
    }
  }

  #say(...what) {
    this.trace.push(what.map((each) => describe(each)).join(" | "));
  }
}

/**
 * @param {any} object headers, cookies or a draft mode, or a promise of them
 * @param {{ member: string, args: any[] }} how
 */
function use(object, { member, args }) {
  switch (member) {
    case "iterate":
      return [...object];
    case "keys":
    case "values":
    case "entries":
      return [...object[member]()];
    case "forEach": {
      /** @type {any[]} */
      const seen = [];
      object.forEach((/** @type {string} */ value, /** @type {string} */ name) => {
        seen.push([name, value]);
      });
      return seen;
    }
    case "copy":
      // A draft mode would be copied with the source of its methods.
      return "enable" in object ? "a draft mode" : [...new Headers(object)];
    case "show":
      // Cookies: inspecting vinext's headers throws. Node 26 says that vinext's cookies are a Proxy.
      if (object instanceof Promise || object instanceof Headers) return "not shown";
      return inspect(object).replace(/^Proxy\((.*)\)$/s, "$1");
    case "text":
      return object instanceof Promise ? "promise" : String(object);
    case "size":
      return object.size;
    case "in set":
      return "set" in object;
    case "in nothing":
      return "nothing" in object;
    case "Object.keys":
      return Object.keys(object);
    case "set":
    case "delete": {
      // Taken off first: what throws on access is distinguished from what throws on call. What a change returns is not compared.
      const change = object[member];
      try {
        return `changed ${typeof change(...args)}`;
      } catch (error) {
        return error;
      }
    }
    default: {
      const found = object[member];
      return typeof found === "function" ? found(...args) : found;
    }
  }
}

/**
 * @param {any} promise
 * @param {(value: any) => any} then
 */
async function settle(promise, then) {
  // A static shell responds with a promise that stays pending. All others settle without waiting for anything.
  const pending = new Promise((resolve) => setImmediate(resolve, PENDING));
  const value = await Promise.race([promise, pending]);
  return value === PENDING ? "pending" : then(value);
}

/** @param {any} given */
function requestOf({ entries, cookie }) {
  const headers = new Headers(entries);
  if (cookie !== undefined) headers.set("cookie", cookie);
  return new Request("https://example.com/", { headers });
}

/** @param {any} response as vinext's middleware runtime encodes one */
function middlewareHeaders({ values, cookie, override, setCookies }) {
  const headers = new Headers();
  const given = cookie === undefined ? values : [...values, ["cookie", cookie]];
  for (const [name, value] of given) headers.set(`x-middleware-request-${name}`, value);
  const names = given.map(([name]) => name.toLowerCase());
  if (override === "all") headers.set("x-middleware-override-headers", names.join(","));
  if (override === "some") headers.set("x-middleware-override-headers", `${names.slice(1).join(" , ")},absent,`);
  if (override === "empty") headers.set("x-middleware-override-headers", "");
  if (setCookies !== undefined) headers.set("x-middleware-set-cookie", setCookies);
  return headers;
}

function freshState() {
  return {
    headersContext: null,
    dynamicUsageDetected: false,
    renderDynamicLatch: { dynamic: false, listeners: new Set() },
    renderRequestApiUsage: new Set(),
    connectionProbe: null,
    invalidDynamicUsageError: null,
    pendingSetCookies: [],
    draftModeCookieHeader: null,
    phase: "render",
  };
}

/** @param {unknown} value */
function describe(value) {
  if (value instanceof Error) return `${value.constructor.name} (${value.name}): ${value.message}`;
  if (typeof value === "object" && value !== null && "op" in value) return `# ${JSON.stringify(value).slice(0, 200)}`;
  // Secrets of a context's own are random, and dates that `maxAge` makes are as old as the program.
  return inspect(value, { depth: 6, breakLength: Number.POSITIVE_INFINITY })
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, soon)
    .replaceAll(/[\da-f]{8}-[\da-f]{4}-[\da-f-]{22}/g, "uuid")
    .replaceAll(/(?<=Expires=)[^;'"]+/g, soon);
}

/** @param {string} date */
function soon(date) {
  return Math.abs(Date.parse(date) - Date.now()) < SOON ? "soon" : date;
}
