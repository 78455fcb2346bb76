import { fileURLToPath } from "node:url";

/** The checkout that is measured. */
export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** The folder of the benchmarks in it. */
export const BENCHMARK = fileURLToPath(new URL("../", import.meta.url));
