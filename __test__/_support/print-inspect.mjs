// Preloaded into a server under test: prints what onescope/inspect and the store say of its requests, as one line of JSON,
// on SIGUSR2. Tracks requests, also where the server itself does not.

import { counters, inFlight, trackRequests } from "../../js/inspect.js";
import { backend } from "../../js/store/backend.js";

trackRequests();

process.on("SIGUSR2", () => {
  const contexts = backend.contexts({ closed: true });
  console.log(JSON.stringify({ counts: counters(), inflight: inFlight(), contexts }));
});
