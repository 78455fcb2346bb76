/** The plugin, as far as Vite calls it. Vite's own `Plugin` type takes it. */
export interface OnescopePlugin {
  name: "onescope";
  enforce: "pre";
  /** Keeps the package out of server bundles, so that all environments share one instance and one addon. */
  config(): { ssr: { external: string[] } };
  /** In dev, takes vinext's request handlers back into Vite's module graph. */
  configResolved(config: any): void;
  /** True for server environments. */
  applyToEnvironment(environment: any): boolean;
  /** Redirects vinext's storage registry and request context. */
  resolveId(this: any, source: string, importer: string | undefined, options: any): Promise<any>;
  /** The redirected modules' source. */
  load(id: string): string | undefined;
}

/**
 * Vite plugin that makes vinext's request state run on onescope. Put it before `vinext()`.
 *
 * It redirects vinext's storage registry and request context to this package in every server environment, in dev and in
 * build, and leaves the client alone. A vinext whose module has something that onescope does not know keeps that module,
 * with one warning.
 */
export default function onescope(): OnescopePlugin;
