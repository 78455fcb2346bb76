// Replaces vinext's shims/i18n-state: the locale of a request.

import { requestState } from "onescope/internal/request-state";
import { _registerI18nStateAccessors } from "vinext/shims/i18n-context";

const state = requestState("i18n", () => ({
  i18nContext: /** @type {import("vinext/shims/i18n-context").I18nContext | null} */ (null),
}));

_registerI18nStateAccessors({
  getI18nContext: () => state.current().i18nContext,
  setI18nContext(context) {
    state.current().i18nContext = context;
  },
});

/**
 * Calls `fn` without a locale set: in a child of the current request, or outside a request with its own state.
 *
 * @template T
 * @param {() => T} fn
 * @returns {T}
 */
export function runWithI18nState(fn) {
  return state.runWith({ i18nContext: null }, fn);
}
