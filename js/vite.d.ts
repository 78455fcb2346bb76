/**
 * The Vite plugin for vinext. [docs/compatibility.md](../compatibility.md#vinext) says what it replaces.
 *
 * @packageDocumentation
 */

/** The plugin, as far as Vite calls it. Vite's own `Plugin` type takes it. */
export interface OnescopePlugin {
  name: "onescope";
  enforce: "pre";
  /**
   * Keeps the package out of server bundles, so that all environments share one instance and one addon; but not out of a
   * Worker's, which leave nothing outside.
   */
  config(config: any): { ssr: { external: string[] } } | undefined;
  /** In dev, takes vinext's request handlers back into Vite's module graph. */
  configResolved(config: any): void;
  /** True for server environments. */
  applyToEnvironment(environment: any): boolean;
  /** Redirects the modules of vinext that keep request state. */
  resolveId(this: any, source: string, importer: string | undefined, options: any): Promise<any>;
  /** The redirected modules' source. */
  load(id: string): string | undefined;
}

/**
 * Vite plugin that makes vinext's request state run on onescope. Put it before `vinext()`.
 *
 * It redirects the modules of vinext that keep request state to this package in every server environment, in dev and in
 * build, and leaves the client alone. A module of vinext's with something that onescope does not know stays in use, with one
 * warning for all of them.
 */
export default function onescope(): OnescopePlugin;
