// What bundles for browsers get instead of each entry, and bundles for edge runtimes instead of those that need Node (the conditions
// `browser` and `edge-light` in package.json): it throws. It has every name that an entry exports, and no other import, so that the
// build passes and nothing of the server gets into the bundle.

import "./browser.cjs";

export const {
  OnescopeError,
  OutgoingSpanProcessor,
  SlotStorage,
  backend,
  counters,
  histograms,
  inFlight,
  instrument,
  label,
  leaks,
  record,
  registerSlot,
  releaseOnClose,
  runTask,
  serve,
  slow,
  store,
  trackLeaks,
  trackRequests,
  watch,
} = /** @type {any} */ ({});
