export { runWithRouterState } from "vinext/shims/router-state";
