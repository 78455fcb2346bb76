import { fileURLToPath } from "node:url";
import { replaceableModules } from "./vite/check.js";
import { EXPORTS } from "./vite/difference.js";
import { isOnescope, warnIfDevDependency } from "./vite/installed.js";
import { CORE, STATE } from "./vite/modules.js";
import { traceOnescope } from "./vite/nitro.js";
import { REPORT, reportOf } from "./vite/report.js";

// In dev vinext leaves these to Node, which would load vinext's own copies of the shims for them.
const EXTERNAL_IN_DEV = ["vinext/server/app-rsc-combined-handler", "vinext/server/app-rsc-handler"];

/** What may name a module that is replaced: its last part, however it is imported (`next/headers` is one too). */
const MENTIONS_SHIM = new RegExp(`(?:^|/)(?:${names().join("|")})(?:\\.js)?(?:[?#]|$)`);
const SHIM = /^(.*\/vinext\/dist\/shims)\/(.+)\.js$/;
/** How our shims name a module of vinext's. */
const OF_VINEXT = /^vinext\/(shims|internal\/server)\/(.+)$/;
const VIRTUAL = "\0onescope:";

/** Takes a snapshot for each layer of a response's stream. Node's makes a bound function, which costs ten times as much. */
const CAPTURES = /\/vinext\/dist\/server\/defer-until-stream-consumed\.js$/;
const SLOT_HOOKS = `${VIRTUAL}node:async_hooks`;
const OUR_SHIMS = fileURLToPath(new URL("../shims/", import.meta.url)).replaceAll("\\", "/");

/** The imports that `resolveId` looks at. The bundler tests it, and all others cost no call. */
const MAY_REDIRECT = new RegExp(
  [`^(?:${EXTERNAL_IN_DEV.join("|")}|node:async_hooks)$`, OF_VINEXT.source, MENTIONS_SHIM.source].join("|"),
);

/** @type {typeof import("./vite.js").default} */
export default function onescope() {
  /** vinext's folder of shims, for the imports of our modules that replace its own. */
  let vinextShims = "";
  /** Whether the build's output has the packages that it imports. */
  let isSelfContained = false;

  return {
    name: "onescope",
    enforce: "pre",

    // After every plugin's `config`, wherever this one is in the list. A Worker's bundles have no externals: they take the
    // package's files for the condition `workerd`. Nitro's own are as `traceDeps` and its preset say.
    configEnvironment(name, { consumer, resolve = {} }, { command }) {
      if ((consumer ?? (name === "client" ? "client" : "server")) !== "server") return undefined;
      if (name === "nitro" || resolve.conditions?.includes("workerd") || resolve.external === true) return undefined;
      const others = [resolve.external ?? []].flat();
      if (command === "serve") resolve.external = others.filter((id) => !EXTERNAL_IN_DEV.includes(id));
      return { resolve: { external: ["onescope"] } };
    },

    applyToEnvironment: (environment) => environment.config.consumer === "server",

    // First of all plugins, wherever this one is in the list: vinext would resolve its modules itself.
    resolveId: {
      order: "pre",
      filter: { id: MAY_REDIRECT },
      async handler(source, importer, options) {
        const resolve = (/** @type {string} */ id) => this.resolve(id, importer, { ...options, skipSelf: true });
        if (EXTERNAL_IN_DEV.includes(source)) {
          const handler = await resolve(source);
          return handler && { id: handler.id };
        }
        // By path, not by name: the package need not export the module to us, and it must be the instance that vinext uses.
        // That instance may be ours too.
        const [, folder, module] = (importer?.startsWith(OUR_SHIMS) && OF_VINEXT.exec(source)) || [];
        const isOwn = module !== undefined;
        const wanted = isOwn ? `${vinextShims}/${folder === "shims" ? "" : "../server/"}${module}.js` : source;
        if (source === "node:async_hooks" && CAPTURES.test(importer?.replaceAll("\\", "/") ?? "")) return SLOT_HOOKS;
        if (!MENTIONS_SHIM.test(wanted)) return isOwn ? resolve(wanted) : undefined;
        const resolved = await resolve(wanted);
        const [, shims, name] = SHIM.exec(resolved?.id.replaceAll("\\", "/").replace(/[?#].*$/, "") ?? "") ?? [];
        if (!CORE.includes(name) && !STATE.includes(name)) return resolved;
        const replaced = await replaceableModules(this, shims);
        if (!replaced.has(name)) return resolved;
        vinextShims = shims;
        return CORE.includes(name) ? VIRTUAL + name : `${OUR_SHIMS}${name}.js`;
      },
    },

    // A module that only re-exports: a bare specifier left in code is what Vite hands to Node in dev as in a build. By
    // name, because the bundler turns `export *` from an external into an object of getters, and every call of vinext's
    // would go through one.
    load: {
      filter: { id: new RegExp(`^${VIRTUAL}`) },
      handler(id) {
        if (id === SLOT_HOOKS) {
          return 'export * from "node:async_hooks"; export { SlotStorage as AsyncLocalStorage } from "onescope";';
        }
        const name = id.slice(VIRTUAL.length);
        return `export { ${EXPORTS[name].join(", ")} } from ${JSON.stringify(`onescope/shims/${name}`)};`;
      },
    },

    generateBundle(_options, bundle) {
      const outputs = Object.values(bundle);
      const ids = outputs.flatMap((output) => output.moduleIds ?? []);
      this.emitFile({ type: "asset", fileName: REPORT, source: reportOf(ids, ownName) });
      const imports = outputs.flatMap((output) => output.imports ?? []);
      if (!isSelfContained && imports.some(isOnescope)) warnIfDevDependency(this.environment);
    },

    nitro: {
      setup(nitro) {
        isSelfContained = true;
        traceOnescope(nitro.options);
      },
    },
  };
}

/**
 * @param {string} id
 * @returns {string | undefined} which of vinext's modules it replaces
 */
function ownName(id) {
  const core = id.startsWith(VIRTUAL) ? id.slice(VIRTUAL.length) : "";
  if (CORE.includes(core)) return core;
  const name = id.startsWith(OUR_SHIMS) ? id.slice(OUR_SHIMS.length).replace(/\.js$/, "") : "";
  return STATE.includes(name) ? name : undefined;
}

/** @returns {string[]} last parts of the names of all modules that are replaced */
function names() {
  return [...CORE, ...STATE].map((name) => name.slice(name.lastIndexOf("/") + 1));
}
