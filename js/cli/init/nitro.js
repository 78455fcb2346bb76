import { join } from "node:path";
import { importsIn, textsIn } from "../project/files.js";
import { addToLists } from "./list-property.js";

/** @import { Draft } from "./plan.js" */

const NEW_PLUGIN = `await import("onescope/auto");

export default function () {}
`;

// Builds of Nitro 2 and 3.0.0 leave out an import without names, but not import().

const BY_HAND =
  'add server/plugins/onescope.ts with export default defineNitroPlugin(() => import("onescope/auto")), and leave the package out of the bundle: nitro.externals.external: ["onescope"]';

/** @param {string} folder of a project */
function hasPlugin(folder) {
  return ["server/plugins", "plugins"].some((name) =>
    textsIn(join(folder, name), { files: /\.[cm]?[jt]s$/, skipped: /^node_modules$/ }).some(
      ({ text }) => importsIn(text).length > 0,
    ),
  );
}

/**
 * A plugin of Nitro's loads onescope when the server starts. The package stays outside the bundle, with its addon.
 *
 * @param {Draft} draft
 * @param {"nitro" | "nuxt"} kind
 */
export function planNitro(draft, kind) {
  const { project } = draft;
  if (kind === "nuxt" || project.manifest.dependencies?.nitropack || project.manifest.devDependencies?.nitropack) {
    if (!hasPlugin(project.folder)) draft.manual.push(BY_HAND);
    return;
  }
  const extension = project.typescript ? "ts" : "mjs";
  const plugin = `${project.has("server") ? "server/" : ""}plugins/onescope.${extension}`;
  const config = project.find(/^nitro\.config\.[cm]?[jt]s$/);
  if (config === undefined) {
    draft.create(
      `nitro.config.${extension}`,
      // Without `defineConfig()`: each release of Nitro 3 has given it another name.
      `export default {
  plugins: ["./${plugin}"],
  traceDeps: ["onescope*"],
};
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
