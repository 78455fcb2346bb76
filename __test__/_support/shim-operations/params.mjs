// What programs do with what the host and the route give a request.

const BRIDGE = Symbol.for("__cloudflare-context__");
const HOSTS = [{ id: "a" }, { id: "b" }, { id: "c" }];

/** @type {import("../shim-operations.mjs").Shim} */
export const requestContext = {
  modules: [],
  prepare: () => void (globalThis[BRIDGE] = undefined),
  scopes: {
    runWithExecutionContext: (copy, fn, arg) => copy.runWithExecutionContext(HOSTS[arg % HOSTS.length], fn),
  },
  acts: {
    assignBridge: (_copy, arg) => void (globalThis[BRIDGE] = arg === 0 ? undefined : { assigned: arg }),
  },
  read: (copy) => [copy.getRequestExecutionContext(), globalThis[BRIDGE]],
};

const PARAMS = [{ lang: "de" }, { lang: "fr", region: ["a", "b"] }, {}];
const USAGES = [{ kind: "route" }, { kind: "server-action" }, { kind: "route-handler", routePattern: "/api/[x]" }];
const NAMES = ["lang", "region", "absent"];

/** @type {import("../shim-operations.mjs").Shim} */
export const rootParams = {
  modules: ["shims/internal/cache-context-accessor"],
  fallback: "vinext.rootParams.fallback",
  prepare(copies, memory) {
    memory.cache = { variant: "default", readRootParamNames: new Set() };
    for (const copy of copies) copy._registerCacheContextAccessor(() => memory.cache);
  },
  scopes: {
    runWithRootParamsScope: (copy, fn, arg) => copy.runWithRootParamsScope(PARAMS[arg % PARAMS.length], fn),
    runWithRootParamsUsage: (copy, fn, arg, memory) => {
      const controller = arg === 4 ? undefined : copy.createRootParamsUsageController();
      if (controller) memory.held.push(controller);
      return copy.runWithRootParamsUsage(USAGES[arg % USAGES.length], fn, controller);
    },
  },
  acts: {
    set: (copy, arg) => copy.setRootParams(arg === 4 ? null : PARAMS[arg % PARAMS.length]),
    get: (copy, arg) => copy.getRootParam(NAMES[arg % NAMES.length]),
    pick: (copy, arg) =>
      copy.pickRootParams(PARAMS[arg % PARAMS.length], [undefined, null, [], ["lang"], ["absent", "lang"]][arg]),
    transition: (_copy, arg, memory) => memory.held[arg % memory.held.length]?.transitionToRender(),
    unused: (copy) => copy.createRootParamsUsageController().transitionToRender(),
    cached: (_copy, _arg, memory) => [...memory.cache.readRootParamNames],
  },
  read: (copy) => copy.getCurrentRootParams(),
};
