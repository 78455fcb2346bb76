// Preload of a server whose requests drop their values as they close, and are followed.

import { releaseOnClose, trackLeaks } from "onescope/inspect";

releaseOnClose();
trackLeaks();
