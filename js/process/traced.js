import module from "node:module";

/**
 * Never called. File tracers, which copy what a server needs to another place (Next.js's standalone output, Nitro), follow these
 * calls to files that no module imports. Bundlers cannot follow them, and must not: an addon does not fit into a bundle. Only
 * Turbopack could, but it drops the branch where it bundles this file, because Next.js then defines `NEXT_RUNTIME`. The addons are
 * here for Turbopack's standalone output, which lacks them otherwise: it does not follow the calls of ../store/native/load.js.
 */
export function traced() {
  const require = module.createRequire(import.meta.url);
  if (!process.env.NEXT_RUNTIME) {
    require.resolve("../watchdog/probe-thread.js");
    require.resolve("../register.js");
    require.resolve("../auto.js");
    require.resolve("@onescope/linux-x64-gnu");
    require.resolve("@onescope/linux-x64-musl");
    require.resolve("@onescope/linux-arm64-gnu");
    require.resolve("@onescope/linux-arm64-musl");
    require.resolve("@onescope/darwin-arm64");
    require.resolve("@onescope/darwin-x64");
    require.resolve("@onescope/win32-x64-msvc");
  }
}
