import { execFileSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runServer } from "verdaccio";

/** What other registries sent, kept for the next run. */
const STORAGE = join(import.meta.dirname, "node_modules/.cache/registry");

/**
 * Starts a registry on the loopback address: it has the packages of onescope that are published to it, and everything else
 * comes from the registry that npm is configured to use.
 *
 * @returns {Promise<{ npmrc: string, stop: () => Promise<void> }>} `npmrc` is a file that makes npm use it
 */
export async function startRegistry() {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), "onescope-registry-"));
  const upstream = execFileSync("npm", ["config", "get", "registry"], { encoding: "utf8" }).trim();
  const own = { access: "$all", publish: "$all", unpublish: "$all" };
  const server = await runServer(
    /** @type {any} */ ({
      configPath: join(folder, "config.yaml"),
      self_path: join(folder, "config.yaml"),
      storage: STORAGE,
      web: { enable: false },
      auth: { htpasswd: { file: join(folder, "htpasswd") } },
      uplinks: { upstream: { url: upstream, timeout: "120s", maxage: "60m" } },
      packages: {
        // Without an uplink: an onescope of any other registry is never taken for this one.
        onescope: { ...own, storage: join(folder, "published") },
        "@onescope/*": { ...own, storage: join(folder, "published") },
        "**": { access: "$all", proxy: "upstream" },
      },
      max_body_size: "20mb",
      log: { type: "stdout", format: "pretty", level: "fatal" },
    }),
  );
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = server.address();
  const npmrc = join(folder, "npmrc");
  // npm publishes nowhere without a token, and this registry takes any.
  writeFileSync(
    npmrc,
    `registry=http://127.0.0.1:${port}/\n//127.0.0.1:${port}/:_authToken=any\nupdate-notifier=false\n`,
  );
  return {
    npmrc,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(() => resolve(undefined)));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
