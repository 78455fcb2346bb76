// Replaces vinext's shims/head-state: the tags that a request of the Pages Router puts into its head.

import { requestState } from "onescope/internal/request-state";
import { _registerHeadStateAccessors } from "vinext/shims/head";

/** @import { HeadState } from "vinext/shims/head-state" */

/** @returns {HeadState} */
const makeState = () => ({ ssrHeadChildren: [], documentInitialHead: [] });

const state = requestState("head", makeState);

_registerHeadStateAccessors({
  getSSRHeadChildren: () => state.current().ssrHeadChildren,
  resetSSRHead() {
    Object.assign(state.current(), makeState());
  },
  getDocumentInitialHead: () => state.current().documentInitialHead,
  setDocumentInitialHead(head) {
    state.current().documentInitialHead = head;
  },
});

/**
 * Calls `fn` with an empty head: in a child of the current request, or outside a request with its own state.
 *
 * @template T
 * @param {() => T} fn
 * @returns {T}
 */
export function runWithHeadState(fn) {
  return state.runWith(makeState(), fn);
}
