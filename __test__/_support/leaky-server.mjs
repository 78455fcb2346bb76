// usage: node --expose-gc leaky-server.mjs RELEASE: a server that finishes 200 requests of 1 MiB each, every one of which
// leaves a timer behind; prints what leaks() says and how much memory stays, as JSON.

import { createServer } from "node:http";
import { registerSlot, store } from "onescope";
import { leaks, releaseOnClose, trackLeaks } from "onescope/inspect";
import {
  closeAfterResponseWithBody,
  createRequestContext,
  runWithRequestContext,
  runWithUnifiedStateMutation,
} from "onescope/shims/unified-request-context";
import { collectGarbage } from "./wait.mjs";

const REQUESTS = 200;
const MIB = 1024 * 1024;

trackLeaks();
if (process.argv[2] === "release") releaseOnClose();
const body = registerSlot("leaky.body", { kind: "value", lifetime: "request" });

const server = createServer((request, response) => {
  const leaky = request.url === "/leaky";
  const context = createRequestContext({ headersContext: { headers: new Headers(), cookies: new Map() } });
  runWithRequestContext(context, () => store.setLabel(store.id(context), `GET ${request.url}`));
  runWithRequestContext(context, () =>
    // As vinext does, in a child of its own.
    runWithUnifiedStateMutation(
      (child) => {
        child.serverContext = { text: "x".repeat(1000), bytes: Buffer.alloc(MIB / 4, 1) };
      },
      async () => {
        body.set(Buffer.alloc(MIB / 2, 2));
        context.dynamicFetchUrls.add(Buffer.alloc(MIB / 4, 3));
        if (leaky) setInterval(() => {}, 1 << 30).unref();
        const sent = closeAfterResponseWithBody(new Response("done"), context);
        response.end(await sent.text());
      },
    ),
  );
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const origin = `http://127.0.0.1:${server.address().port}`;

/** Bytes in use, once no more garbage is there to be found. */
async function used() {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 5; i++) {
    await collectGarbage();
    const { heapUsed, external } = process.memoryUsage();
    least = Math.min(least, heapUsed + external);
  }
  return least;
}

async function request(path, times) {
  for (let done = 0; done < times; done += 10) {
    // The socket of a connection that is kept alive keeps its last request, which is not the leak under test.
    const once = () => fetch(origin + path, { headers: { connection: "close" } }).then((response) => response.text());
    await Promise.all(Array.from({ length: 10 }, once));
  }
}

await request("/sound", 50);
const before = await used();
await request("/sound", 50);
await request("/leaky", REQUESTS);
const after = await used();
// Full collections are reported in a turn of their own.
await new Promise((resolve) => setTimeout(resolve, 50));
console.log(JSON.stringify({ keptMiB: (after - before) / MIB, report: leaks(), counts: store.counts() }));
process.exit();
