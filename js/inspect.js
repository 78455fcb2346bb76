// `onescope/inspect`: what runs in this process, seen while it runs.

import { attachSoon } from "#process";

export { serve } from "./diagnostics/serve.js";
export { leaks } from "./leaks/leaks.js";
export { trackLeaks } from "./leaks/sentinels.js";
export { record } from "./recorder/record.js";
export { releaseOnClose } from "./request/release.js";
export { counters, histograms, inflight } from "./tracking/inflight.js";
export { trackRequests } from "./tracking/track-requests.js";
export { label, withLabel as with } from "./tracking/work.js";
export { watch } from "./watchdog/watch.js";

attachSoon();
