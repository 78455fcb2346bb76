export { runWithNavigationContext, runWithServerInsertedHTMLState } from "vinext/shims/navigation-state";
