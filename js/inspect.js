// `onescope/inspect`: what runs in this process, seen while it runs.

export { counters, histograms, inflight } from "./inspect/contexts.js";
export { trackRequests } from "./inspect/track-requests.js";
export { watch } from "./inspect/watch.js";
export { label, withLabel as with } from "./inspect/work.js";
