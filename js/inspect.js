// `onescope/inspect`: what runs in this process, seen while it runs.

import { attachSoon } from "#process";
import { childRecords } from "./store/records.js";

export { serve } from "./diagnostics/serve.js";
export { leaks } from "./leaks/leaks.js";
export { trackLeaks } from "./leaks/sentinels.js";
export { record } from "./recorder/record.js";
export { releaseOnClose } from "./request/release.js";
export { counters, histograms, inFlight, slow } from "./tracking/in-flight.js";
export { label, runTask } from "./tracking/task.js";
export { trackRequests } from "./tracking/track-requests.js";
export { watch } from "./watchdog/watch.js";

childRecords.wanted = true;
attachSoon();
