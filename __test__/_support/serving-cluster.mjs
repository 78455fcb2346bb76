// A cluster whose primary and two workers each call serve() with one port. Prints what they got, as JSON.
// usage: node serving-cluster.mjs PORT

import cluster from "node:cluster";
import { once } from "node:events";
import { serve } from "../../js/inspect.js";
import { request } from "./http.mjs";

const { port, url } = serve({ port: Number(process.argv[2]) });
const own = { port, status: (await request(String(url))).status };

if (cluster.isPrimary) {
  const workers = [cluster.fork(), cluster.fork()].map(async (worker) => {
    const ended = once(worker, "exit").then(([code]) => [{ code }]);
    const [message] = await Promise.race([once(worker, "message"), ended]);
    return message;
  });
  console.log(JSON.stringify([own, ...(await Promise.all(workers))]));
  cluster.disconnect();
} else {
  process.send?.(own);
}
