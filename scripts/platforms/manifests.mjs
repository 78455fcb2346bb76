// The manifests of the packages that are published, made from the repository's.

/** @import { Platform } from "../../js/store/native/platforms.js" */

/** How a package's description names a platform. */
const NAMES = { linux: "Linux", darwin: "macOS", win32: "Windows", gnu: "glibc", musl: "musl" };

/** @param {Platform} platform */
export function packageName(platform) {
  return `@onescope/${platform.name}`;
}

/**
 * @param {Record<string, any>} manifest of the repository
 * @param {{ platform: Platform }[]} addons
 * @returns {Record<string, any>} with the platforms' packages, and without what serves the repository only
 */
export function mainManifest(manifest, addons) {
  const { scripts, devDependencies, files, ...published } = manifest;
  const platforms = addons.map(({ platform }) => [packageName(platform), manifest.version]);
  return { ...published, optionalDependencies: Object.fromEntries(platforms) };
}

/**
 * @param {Platform} platform
 * @param {Record<string, any>} manifest of the repository, for what all packages share
 * @returns {Record<string, any>}
 */
export function platformManifest(platform, manifest) {
  const { libc } = platform;
  const { version, license, engines, repository } = manifest;
  const where = `${NAMES[platform.platform]} ${platform.arch}${libc === undefined ? "" : ` (${NAMES[libc]})`}`;
  return {
    name: packageName(platform),
    version,
    description: `The addon of onescope for ${where}`,
    license,
    ...(repository === undefined ? {} : { repository }),
    engines,
    os: [platform.platform],
    cpu: [platform.arch],
    // npm's word for GNU's C library.
    ...(libc === undefined ? {} : { libc: [libc === "gnu" ? "glibc" : libc] }),
    main: "onescope.node",
    exports: { ".": "./onescope.node", "./package.json": "./package.json" },
    publishConfig: { access: "public" },
  };
}
