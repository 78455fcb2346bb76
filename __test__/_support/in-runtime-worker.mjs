// A worker of `in-runtime.mjs`, which warns of nothing that the main thread has warned of.

import { trackRequests } from "onescope/inspect";

trackRequests();
