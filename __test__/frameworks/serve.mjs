// Serves an app with everything on, until it is killed; for the specs of stalls and recordings.
// usage: node serve.mjs NAME DIRECTORY [record]

import { record, trackRequests, watch } from "../../js/inspect.js";

const [name, directory, only] = process.argv.slice(2);
trackRequests();
record({ directory });
if (only !== "record") watch({ thresholdMs: 150 });
const { apps } = await import("./apps.mjs");
const { origin } = await apps[name]();
console.log(origin);
