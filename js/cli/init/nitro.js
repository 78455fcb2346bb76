import { addToLists } from "./list-property.js";

/** @import { Draft } from "./plan.js" */

const NEW_PLUGIN = `import "onescope/auto";

export default function () {}
`;

/**
 * A plugin of Nitro's loads onescope when the server starts. The package stays outside the bundle, with its addon.
 *
 * @param {Draft} draft
 * @param {"nitro" | "nuxt"} kind
 */
export function planNitro(draft, kind) {
  const { project } = draft;
  if (kind === "nuxt" || project.manifest.dependencies?.nitropack || project.manifest.devDependencies?.nitropack) {
    draft.manual.push(
      'add a Nitro plugin with import "onescope/auto", and leave the package out of the bundle: nitro.externals.external: ["onescope"]',
    );
    return;
  }
  const extension = project.typescript ? "ts" : "mjs";
  const plugin = `${project.has("server") ? "server/" : ""}plugins/onescope.${extension}`;
  const config = project.find(/^nitro\.config\.[cm]?[jt]s$/);
  if (config === undefined) {
    draft.create(
      `nitro.config.${extension}`,
      `import { defineConfig } from "nitro";

export default defineConfig({
  plugins: ["./${plugin}"],
  traceDeps: ["onescope*"],
});
`,
    );
  } else {
    draft.change(
      config,
      (text, path) => addToLists(text, path, { plugins: `./${plugin}`, traceDeps: "onescope*" }),
      `add plugins: ["./${plugin}"], traceDeps: ["onescope*"]`,
    );
  }
  if (!project.has(plugin)) draft.create(plugin, NEW_PLUGIN);
}
