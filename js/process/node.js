// Composes the store with the features, as src/process.rs does: the store knows none of them. In Workers, package.json's
// condition `workerd` loads js/store/host/workerd.js instead.

import "./attached.js";

export { attachSoon } from "./attach.js";
