import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

const { TEST_DIST, TEST_EXTERNAL, TEST_OUTPUT } = process.env;
const packages = dirname(dirname(fileURLToPath(import.meta.url)));

/** @type {import("next").NextConfig} */
export default {
  distDir: TEST_DIST || ".next",
  output: TEST_OUTPUT || undefined,
  serverExternalPackages: TEST_EXTERNAL ? ["onescope"] : [],
  outputFileTracingRoot: packages,
  turbopack: { root: packages },
};
