import { readFile } from "node:fs/promises";
import { describeDifference, EXPORTS } from "./vite/difference.js";

// vinext's modules that onescope stands in for: the end of their path, and the entry of this package that replaces them.
const SHIMS = new Map([
  ["/vinext/dist/shims/internal/als-registry.js", "onescope/shims/internal/als-registry"],
  ["/vinext/dist/shims/unified-request-context.js", "onescope/shims/unified-request-context"],
]);

// In dev vinext leaves these to Node, which would load vinext's own copies of the shims for them.
const EXTERNAL_IN_DEV = ["vinext/server/app-rsc-combined-handler", "vinext/server/app-rsc-handler"];

const MENTIONS_SHIM = /(?:als-registry|unified-request-context)/;
const VIRTUAL = "\0onescope:";

/**
 * By path of a vinext module, whether ours may stand in. One for the process: a build of an app with both routers loads
 * the configuration, and with it this plugin, twice.
 *
 * @type {Map<string, Promise<boolean>>}
 */
const verdicts = new Map();

/**
 * Vite plugin that makes vinext's request state run on onescope. Put it before `vinext()`.
 *
 * It redirects vinext's storage registry and request context to this package in every server environment, in dev and in
 * build, and leaves the client alone. The package itself stays external, so that all environments share one instance and
 * one addon. A vinext whose module has something that onescope does not know keeps that module, with one warning.
 *
 * @returns {any} a Vite plugin; typed in vite.d.ts
 */
export default function onescope() {
  return {
    name: "onescope",
    enforce: "pre",

    // vinext passes this on to both its server environments, and lists the package for standalone output.
    config: () => ({ ssr: { external: ["onescope"] } }),

    /** @param {any} config */
    configResolved(config) {
      const resolve = config.environments?.rsc?.resolve;
      if (config.command !== "serve" || !Array.isArray(resolve?.external)) return;
      resolve.external = resolve.external.filter((/** @type {string} */ id) => !EXTERNAL_IN_DEV.includes(id));
    },

    /** @param {any} environment */
    applyToEnvironment: (environment) => environment.config.consumer === "server",

    /**
     * @this {any}
     * @param {string} source
     * @param {string | undefined} importer
     * @param {object} options
     */
    async resolveId(source, importer, options) {
      if (EXTERNAL_IN_DEV.includes(source)) {
        const handler = await this.resolve(source, importer, { ...options, skipSelf: true });
        return handler && { id: handler.id };
      }
      if (!MENTIONS_SHIM.test(source)) return undefined;
      const resolved = await this.resolve(source, importer, { ...options, skipSelf: true });
      const path = resolved?.id.replaceAll("\\", "/").replace(/[?#].*$/, "");
      for (const [shim, replacement] of SHIMS) {
        if (!path?.endsWith(shim)) continue;
        if (!verdicts.has(path)) verdicts.set(path, mayReplace(this, path, replacement));
        return (await verdicts.get(path)) ? VIRTUAL + replacement : resolved;
      }
      return resolved;
    },

    // A module that only re-exports: a bare specifier left in code is what Vite hands to Node in dev as in a build. By
    // name, because the bundler turns `export *` from an external into an object of getters, and every call of vinext's
    // would go through one.
    /** @param {string} id */
    load(id) {
      if (!id.startsWith(VIRTUAL)) return undefined;
      const replacement = id.slice(VIRTUAL.length);
      return `export { ${EXPORTS[replacement].join(", ")} } from ${JSON.stringify(replacement)};`;
    },
  };
}

/**
 * @param {any} context plugin context of the calling hook
 * @param {string} path
 * @param {string} replacement
 */
async function mayReplace(context, path, replacement) {
  const code = await readFile(path, "utf8");
  const difference = describeDifference(context.parse(code), replacement);
  if (difference === undefined) return true;
  context.environment.logger.warn(
    `[onescope] ${path} ${difference}, which this version of onescope does not know. ` +
      "vinext's own module stays in use; the app works, without onescope's gain there.",
  );
  return false;
}
