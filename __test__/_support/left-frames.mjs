// Prints how many frames are left behind by loading onescope, by turning everything on, and, to see that one is found, by a
// run of one of Node's own storages. In a heap snapshot a frame goes by the name of its class.

import { AsyncLocalStorage } from "node:async_hooks";
import { json } from "node:stream/consumers";
import { getHeapSnapshot } from "node:v8";

async function frames() {
  const { snapshot, nodes, strings } = await json(getHeapSnapshot());
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const [name, type] = [fields.indexOf("name"), fields.indexOf("type")];
  let count = 0;
  for (let at = 0; at < nodes.length; at += fields.length) {
    if (strings[nodes[at + name]] === "AsyncContextFrame" && types[type][nodes[at + type]] === "object") count++;
  }
  return count;
}

const before = await frames();
const { serve, trackLeaks, trackRequests, watch } = await import("../../js/inspect.js");
const loaded = await frames();
const parts = [trackRequests(), trackLeaks()];
if (process.env.ONESCOPE_BACKEND !== "js") parts.push(watch(), await serve({ port: 0 }));
const on = await frames();
new AsyncLocalStorage().run(1, () => {});
const run = await frames();
console.log(JSON.stringify({ before, loaded, on, run }));
for (const part of parts) part.stop();
