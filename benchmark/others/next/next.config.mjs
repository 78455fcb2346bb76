import { ROOT } from "../../_util/root.mjs";

/** @type {import("next").NextConfig} */
export default {
  // Its packages are a link to those of the bundlers' specs.
  turbopack: { root: ROOT },
};
