// A process that `onescope ps` lists: it serves and records as its argument says, prints what it has as JSON, stops what stdin names,
// and ends with it.
// usage: node listed.mjs '{ "serve": { "port": 0 }, "record": { "directory": "…" } }'

import { record, serve } from "../../js/inspect.js";

const { serve: server, record: recorder } = JSON.parse(process.argv[2]);
const handles = {
  ...(server && { server: serve({ ...server, token: process.env.TEST_TOKEN }) }),
  ...(recorder && { recording: record(recorder) }),
};
process.stdin.on("data", (text) => {
  handles[String(text)].stop();
  process.stdout.write("stopped\n");
});
process.stdin.on("end", () => process.exit());
console.log(JSON.stringify({ url: handles.server?.url, recording: handles.recording?.path }));
