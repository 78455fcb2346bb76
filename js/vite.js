import { fileURLToPath } from "node:url";
import { replaceableModules } from "./vite/check.js";
import { EXPORTS } from "./vite/difference.js";
import { CORE, STATE } from "./vite/modules.js";

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

/** @type {typeof import("./vite.js").default} */
export default function onescope() {
  /** vinext's folder of shims, for the imports of our modules that replace its own. */
  let vinextShims = "";

  return {
    name: "onescope",
    enforce: "pre",

    // vinext passes this on to both its server environments, and lists the package for standalone output. But nothing is
    // left outside a Worker's bundles: they take the package's files for the condition `workerd`.
    config: (config) => (isForWorkers(config.plugins) ? undefined : { ssr: { external: ["onescope"] } }),

    configResolved(config) {
      const resolve = config.environments?.rsc?.resolve;
      if (config.command !== "serve" || !Array.isArray(resolve?.external)) return;
      resolve.external = resolve.external.filter((/** @type {string} */ id) => !EXTERNAL_IN_DEV.includes(id));
    },

    applyToEnvironment: (environment) => environment.config.consumer === "server",

    async resolveId(source, importer, options) {
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

    // A module that only re-exports: a bare specifier left in code is what Vite hands to Node in dev as in a build. By
    // name, because the bundler turns `export *` from an external into an object of getters, and every call of vinext's
    // would go through one.
    load(id) {
      if (id === SLOT_HOOKS) {
        return 'export * from "node:async_hooks"; export { SlotStorage as AsyncLocalStorage } from "onescope";';
      }
      if (!id.startsWith(VIRTUAL)) return undefined;
      const name = id.slice(VIRTUAL.length);
      return `export { ${EXPORTS[name].join(", ")} } from ${JSON.stringify(`onescope/shims/${name}`)};`;
    },
  };
}

/**
 * @param {Array<{ name?: string } | null | undefined>} plugins as they are configured: nested, with gaps
 * @returns {boolean} whether Cloudflare's is among them
 */
function isForWorkers(plugins = []) {
  return plugins.flat(Number.POSITIVE_INFINITY).some((plugin) => plugin?.name?.startsWith("vite-plugin-cloudflare"));
}

/** @returns {string[]} last parts of the names of all modules that are replaced */
function names() {
  return [...CORE, ...STATE].map((name) => name.slice(name.lastIndexOf("/") + 1));
}
