// What some lazy request fields hold at first access; the slot table (src/store/registry/builtin.rs) names the functions.

/** Dynamic-usage latch of a render: one object for a context group. */
export function renderDynamicLatch() {
  return { dynamic: false, listeners: new Set() };
}

/** State of work deferred until the response closes: one object for a context group. */
export function afterContext() {
  return {
    /** @type {Array<() => unknown>} */
    callbacks: [],
    responseClosed: false,
    pendingCallbacks: 0,
    pendingPromises: 0,
    /** @type {Promise<void> | null} */
    completion: null,
    /** @type {(() => void) | null} */
    resolveCompletion: null,
  };
}
