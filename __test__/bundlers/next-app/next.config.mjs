import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

const { TEST_DIST, TEST_EXTERNAL, TEST_OUTPUT, TEST_EDGE } = process.env;
const packages = dirname(dirname(fileURLToPath(import.meta.url)));

/** @type {import("next").NextConfig} */
export default {
  distDir: TEST_DIST || ".next",
  output: TEST_OUTPUT || undefined,
  pageExtensions: TEST_EDGE ? ["edge.js", "js"] : ["js", "jsx"],
  serverExternalPackages: TEST_EXTERNAL ? ["onescope"] : [],
  outputFileTracingRoot: packages,
  turbopack: { root: packages },
};
