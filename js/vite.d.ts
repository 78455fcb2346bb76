/**
 * The Vite plugin for vinext. What it replaces: [docs/compatibility.md](../compatibility.md#vinext).
 *
 * @packageDocumentation
 */

/** The plugin. It is assignable to Vite's own `Plugin` type. */
export interface OnescopePlugin {
  name: "onescope";
  enforce: "pre";
  /**
   * Keeps the package external to server bundles, so that all environments share one instance and one addon; a Worker's
   * bundles, which have no externals, include it. In development, brings vinext's request handlers back into Vite's module
   * graph.
   */
  configEnvironment(
    name: string,
    config: any,
    env: { command: "build" | "serve" },
  ): { resolve: { external: string[] } } | undefined;
  /** True for server environments. */
  applyToEnvironment(environment: any): boolean;
  /** Redirects vinext's modules that keep request state. */
  resolveId: {
    order: "pre";
    filter: { id: RegExp };
    handler(this: any, source: string, importer: string | undefined, options: any): Promise<any>;
  };
  /** Returns the source of the redirected modules. */
  load: { filter: { id: RegExp }; handler(id: string): string };
  /** Warns if the server imports the package and an install for production does not have it. */
  generateBundle(this: any, options: any, bundle: any): void;
  /** Nitro's hook: copies the package, with its addon, into Nitro's output. */
  nitro: { setup(nitro: any): void };
}

/**
 * Vite plugin that runs vinext's request state on onescope. Its place among the plugins does not matter. In an app without
 * vinext, it only keeps the package outside the server's bundles.
 *
 * In every server environment, in development and in builds, it redirects vinext's modules that keep request state to this
 * package. The client is unchanged. If a module of the installed vinext has something that this version of onescope does not
 * know, vinext's own stays in use, with one warning for all of them.
 *
 * @example
 * ```js
 * // vite.config.js
 * import onescope from "onescope/vite";
 * import vinext from "vinext";
 *
 * export default { plugins: [onescope(), vinext()] };
 * ```
 */
export default function onescope(): OnescopePlugin;
