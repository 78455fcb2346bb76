export { runWithI18nState } from "vinext/shims/i18n-state";
