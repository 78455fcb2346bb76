// Every variant that has vinext's unified request context: the same operations through the same exports.

import { do_not_optimize } from "mitata";
import { turn } from "../../_util/timing.mjs";
import { describe } from "./describe.mjs";
import { cookie, headersContext } from "./request.mjs";
import { CREATE_AND_RUN, TIMES, WITH_TURNS } from "./rows.mjs";

const nothing = () => {};

/**
 * What a child changes in vinext's own `runWithNavigationContext`.
 *
 * @param {any} context
 */
function resetNavigation(context) {
  context.serverContext = null;
  context.serverInsertedHTMLCallbacks = [];
}

/**
 * @param {Record<string, Function>} shim the exports of a `unified-request-context` module
 * @param {() => object} appOptions what that release's App requests give
 * @param {readonly string[]} fields names of that release's fields
 */
export function unifiedContext(shim, appOptions, fields) {
  const { createRequestContext, runWithRequestContext, runWithUnifiedStateMutation } = shim;
  const { getRequestContext, isInsideUnifiedScope } = shim;

  const inRequest = (/** @type {() => void} */ fn) => () => runWithRequestContext(createRequestContext(), fn);

  const timed = [
    {
      row: "create",
      times: TIMES,
      batch: () => {
        for (let i = 0; i < TIMES; i++) do_not_optimize(createRequestContext());
      },
    },
    {
      row: "create with an App request's options",
      times: TIMES,
      batch: () => {
        for (let i = 0; i < TIMES; i++) do_not_optimize(createRequestContext(appOptions()));
      },
    },
    {
      row: "create, and push the first cookie",
      times: TIMES,
      batch: () => {
        for (let i = 0; i < TIMES; i++) {
          const context = createRequestContext();
          do_not_optimize(context);
          context.pendingSetCookies.push(cookie);
        }
      },
    },
    {
      row: "create, and assign the phase",
      times: TIMES,
      batch: () => {
        for (let i = 0; i < TIMES; i++) {
          const context = createRequestContext();
          do_not_optimize(context);
          context.phase = "action";
        }
      },
    },
    {
      row: CREATE_AND_RUN,
      times: TIMES,
      batch: () => {
        for (let i = 0; i < TIMES; i++) runWithRequestContext(createRequestContext(appOptions()), nothing);
      },
    },
    {
      row: WITH_TURNS,
      times: TIMES,
      batch: () => {
        for (let i = 0; i < TIMES; i++) runWithRequestContext(createRequestContext(appOptions()), nothing);
        return turn();
      },
    },
    {
      row: "make a child, and run",
      times: TIMES,
      batch: inRequest(() => {
        for (let i = 0; i < TIMES; i++) runWithUnifiedStateMutation(resetNavigation, nothing);
      }),
    },
    {
      row: "read the phase",
      times: TIMES,
      batch: inRequest(() => {
        for (let i = 0; i < TIMES; i++) do_not_optimize(isInsideUnifiedScope() && getRequestContext().phase);
      }),
    },
    {
      row: "push a cookie",
      times: TIMES,
      batch: inRequest(() => {
        for (let i = 0; i < TIMES; i++) getRequestContext().pendingSetCookies.push(cookie);
      }),
    },
    {
      row: "assign the phase",
      times: TIMES,
      batch: inRequest(() => {
        for (let i = 0; i < TIMES; i++) getRequestContext().phase = i % 2 === 0 ? "render" : "action";
      }),
    },
  ];

  const kept = {
    "bytes of a context, created": () => createRequestContext(),
    "bytes of a context, entered": () => {
      const context = createRequestContext();
      runWithRequestContext(context, nothing);
      return context;
    },
  };

  const inFlight = (/** @type {() => unknown} */ hold) => runWithRequestContext(createRequestContext(), hold);

  return { timed, kept, inFlight, readings: () => readings(shim, appOptions, fields) };
}

/**
 * What the operations lead to. Read after the measurements, so that the compiler does not learn from it.
 *
 * @param {Record<string, Function>} shim
 * @param {() => object} appOptions
 * @param {readonly string[]} fields
 */
function readings(shim, appOptions, fields) {
  const { createRequestContext, runWithRequestContext, runWithUnifiedStateMutation } = shim;
  const { getRequestContext, isInsideUnifiedScope } = shim;
  const read = new Map();

  const given = createRequestContext(appOptions());
  const untouched = createRequestContext();
  for (const field of fields) {
    read.set(`${field}, given`, given[field]);
    read.set(`${field}, created`, untouched[field]);
  }

  runWithRequestContext(given, () => {
    read.set("headersContext inside", getRequestContext().headersContext);
    read.set("inside", isInsideUnifiedScope() && getRequestContext().phase);
    getRequestContext().pendingSetCookies.push(cookie);
    runWithUnifiedStateMutation(resetNavigation, () => {
      const child = getRequestContext();
      child.pendingSetCookies.push(cookie);
      child.serverInsertedHTMLCallbacks.push(nothing);
      child.phase = "action";
      read.set("phase in the child", child.phase);
      read.set("headersContext in the child", child.headersContext === headersContext);
      read.set("callbacks in the child", child.serverInsertedHTMLCallbacks.length);
    });
    read.set("cookies after the child", getRequestContext().pendingSetCookies.join());
    read.set("callbacks after the child", getRequestContext().serverInsertedHTMLCallbacks.length);
    read.set("phase after the child", getRequestContext().phase);
    getRequestContext().phase = "route-handler";
  });
  read.set("phase after the run", given.phase);
  read.set("headersContext outside", getRequestContext().headersContext);
  read.set("outside", isInsideUnifiedScope());
  return Object.fromEntries([...read].map(([name, value]) => [name, describe(value)]));
}
