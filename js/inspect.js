// `onescope/inspect`: what runs in this process, seen while it runs.

import { attachSoon } from "#host";

export { releaseOnClose } from "./context/release.js";
export { counters, histograms, inflight } from "./inspect/contexts.js";
export { leaks } from "./inspect/leaks.js";
export { trackLeaks } from "./inspect/lives.js";
export { record } from "./inspect/record.js";
export { serve } from "./inspect/serve.js";
export { trackRequests } from "./inspect/track-requests.js";
export { watch } from "./inspect/watch.js";
export { label, withLabel as with } from "./inspect/work.js";

attachSoon();
