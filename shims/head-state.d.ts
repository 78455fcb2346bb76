export { runWithHeadState } from "vinext/shims/head-state";
