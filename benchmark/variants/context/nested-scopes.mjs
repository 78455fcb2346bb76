// vinext 0.0.26: no request context yet. Every shim has a storage of its own, and an App request enters the five of them
// one inside the other, in this order (its entries/app-rsc-entry.js).

import { _runWithCacheState } from "vinext-0-0-26/shims/cache";
import { runWithPrivateCache } from "vinext-0-0-26/shims/cache-runtime";
import { runWithFetchCache } from "vinext-0-0-26/shims/fetch-cache";
import { getHeadersContext, runWithHeadersContext } from "vinext-0-0-26/shims/headers";
import { runWithNavigationContext } from "vinext-0-0-26/shims/navigation-state";
import { turn } from "../../_util/timing.mjs";
import { describe } from "./describe.mjs";
import { headersContext } from "./request.mjs";
import { CREATE_AND_RUN, TIMES, WITH_TURNS } from "./rows.mjs";

/**
 * @template T
 * @param {() => T} leaf
 * @returns {() => Promise<T>} enters the five scopes; the functions in between are made here and not per request
 */
function request(leaf) {
  const inFetch = () => runWithFetchCache(leaf);
  const inPrivate = () => runWithPrivateCache(inFetch);
  const inCache = () => _runWithCacheState(inPrivate);
  const inNavigation = () => runWithNavigationContext(inCache);
  return () => runWithHeadersContext(headersContext, inNavigation);
}

const nothing = () => {};

export function createVariant() {
  const enter = request(nothing);
  return {
    timed: [
      {
        row: CREATE_AND_RUN,
        times: TIMES,
        // The scopes are entered and left synchronously; the promise is how runWithFetchCache returns.
        batch: () => {
          for (let i = 0; i < TIMES; i++) enter();
        },
      },
      {
        row: WITH_TURNS,
        times: TIMES,
        batch: () => {
          for (let i = 0; i < TIMES; i++) enter();
          return turn();
        },
      },
    ],
    kept: {},
    inFlight: (/** @type {() => unknown} */ hold) => {
      /** @type {unknown} */
      let held;
      runWithHeadersContext(headersContext, () =>
        runWithNavigationContext(() =>
          _runWithCacheState(() =>
            runWithPrivateCache(() =>
              runWithFetchCache(() => {
                held = hold();
              }),
            ),
          ),
        ),
      );
      return held;
    },
    readings: () => {
      const read = { inside: "" };
      request(() => {
        read.inside = describe(getHeadersContext());
      })();
      return { "headersContext inside": read.inside, "headersContext outside": describe(getHeadersContext()) };
    },
  };
}
