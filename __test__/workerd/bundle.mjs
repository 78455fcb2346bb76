import { join } from "node:path";
import { pathToFileURL } from "node:url";
import onescope from "../../js/vite.js";
import { EXAMPLE } from "../_support/example.mjs";
import { ROOT } from "../_support/run.mjs";

const { rolldown } = await import(pathToFileURL(join(EXAMPLE, "node_modules/rolldown/dist/index.mjs")).href);

/**
 * Bundles a worker that imports vinext's shims by their names.
 *
 * @param {string} entry file of this folder
 * @param {{ stock: boolean }} options `stock` leaves vinext's own shims in
 * @returns {Promise<{ code: string, modules: string[], warnings: string[] }>} one module for workerd; the files in it
 */
export async function bundle(entry, { stock }) {
  /** @type {string[]} */
  const warnings = [];
  const packages = {
    name: "packages",
    /**
     * An app has both in its node_modules; here one is the package that the worker is part of, and one the example's.
     *
     * @this {any}
     * @param {string} source
     */
    resolveId(source) {
      const home = { onescope: ROOT, react: EXAMPLE }[source.split("/")[0]];
      return home && this.resolve(source, join(home, "package.json"), { skipSelf: true });
    },
  };
  const build = await rolldown({
    input: join(ROOT, "__test__/workerd", entry),
    platform: "neutral",
    // vinext imports `next/error` only once a Pages Router navigates in a browser.
    external: [/^node:/, "next/error"],
    resolve: { conditionNames: ["workerd", "worker", "import", "module", "default"] },
    transform: { define: { "process.env.NODE_ENV": '"production"' } },
    plugins: stock ? [packages] : [onescope(), packages],
    onLog: (/** @type {string} */ level, /** @type {{ message: string }} */ log) => {
      if (level === "warn") warnings.push(log.message);
    },
  });
  const { output } = await build.generate({ format: "esm", codeSplitting: false });
  await build.close();
  return { code: output[0].code, modules: Object.keys(output[0].modules), warnings };
}
