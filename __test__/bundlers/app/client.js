import { backend } from "onescope";
import { inFlight, trackRequests } from "onescope/inspect";

trackRequests();
globalThis.shown = `${backend} ${inFlight().length}`;
