import { AsyncLocalStorage, AsyncResource } from "node:async_hooks";
import { channel, tracingChannel } from "node:diagnostics_channel";
import { EventEmitter, EventEmitterAsyncResource, on } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { PassThrough } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as delay, setImmediate as nextTurn } from "node:timers/promises";
import { promisify } from "node:util";

// Node's own carriers of a context, seen from a process in which `node:async_hooks` may have been replaced. Prints what
// each of them reads.

const storage = new AsyncLocalStorage();
const read = () => storage.getStore() ?? "nothing";
const inside = (fn) => storage.run("inside", fn);

const probes = {
  async "timers and file system promises"() {
    return inside(async () => {
      const reads = [];
      for (const wait of [nextTurn(), delay(1), readFile(new URL(import.meta.url)), promisify(setImmediate)()]) {
        await wait;
        reads.push(read());
      }
      return reads;
    });
  },

  async "events.on and EventEmitterAsyncResource"() {
    const plain = new EventEmitter();
    const iterated = inside(async () => {
      for await (const _ of on(plain, "event")) return read();
    });
    const bound = inside(() => new EventEmitterAsyncResource({ name: "bound" }));
    const reads = [];
    for (const emitter of [plain, bound]) emitter.on("event", () => reads.push(read()));
    storage.run("emitter", () => {
      plain.emit("event");
      bound.emit("event");
    });
    return [await iterated, ...reads];
  },

  async "AsyncResource, bind and snapshot"() {
    const [resource, bound, held] = inside(() => [
      new AsyncResource("held"),
      AsyncResource.bind(read),
      AsyncLocalStorage.snapshot(),
    ]);
    return storage.run("caller", () => [resource.runInAsyncScope(read), bound(), held(read), read()]);
  },

  async streams() {
    const reads = new Set();
    await inside(async () => {
      const through = new PassThrough();
      through.on("data", () => reads.add(read()));
      await pipeline(["a", "b"], through);
      reads.add(read());
    });
    return [...reads];
  },

  async "a diagnostics channel with a bound store"() {
    const bound = channel("onescope.test");
    bound.bindStore(storage, (message) => `from ${message}`);
    const reads = bound.runStores("channel", () => [read(), storage.run("inner", read), read()]);
    bound.unbindStore(storage);
    return [...reads, bound.runStores("unbound", read), read()];
  },

  async "a tracing channel with a bound store"() {
    const tracing = tracingChannel("onescope.test.tracing");
    const ends = [];
    tracing.start.bindStore(storage, ({ id }) => `trace ${id}`);
    tracing.subscribe({ asyncEnd: () => ends.push(read()), end: () => ends.push(read()) });
    const own = await tracing.tracePromise(() => nextTurn().then(read), { id: 1 });
    return [own, tracing.traceSync(read, { id: 2 }), ...ends, read()];
  },

  async "fetch to a server that responds from its own context"() {
    const server = createServer((request, response) => {
      storage.run(`server ${request.url}`, async () => {
        await nextTurn();
        response.end(read());
      });
    });
    await new Promise((resolve) => void server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address();
    const texts = await Promise.all(
      ["/a", "/b", "/c"].map((path) =>
        storage.run(`client ${path}`, async () => {
          const response = await fetch(`http://127.0.0.1:${port}${path}`);
          const body = await response.text();
          return `${body}, ${read()}`;
        }),
      ),
    );
    server.closeAllConnections();
    server.close();
    return texts;
  },

  // Last, because it leaves a handler behind.
  async "an uncaught exception and an unhandled rejection"() {
    const caught = async (event, start) => {
      const seen = new Promise((resolve) => process.once(event, () => resolve(read())));
      storage.run(event, start);
      return seen;
    };
    const fail = () => {
      throw new Error("nobody catches this");
    };
    return [
      await caught("uncaughtException", () => void setTimeout(fail, 1)),
      await caught("uncaughtException", () => void setImmediate(() => storage.run("deeper", fail))),
      await caught("uncaughtException", () => queueMicrotask(fail)),
      await caught("unhandledRejection", () => void Promise.resolve().then(fail)),
      read(),
    ];
  },
};

const reads = {};
for (const [name, probe] of Object.entries(probes)) reads[name] = await probe();
const slots = AsyncLocalStorage.name === "SlotStorage";
const { entry } = slots ? await import("../../js/async-context/entry.js") : {};
console.log(JSON.stringify({ slots, allSlots: entry?.allSlots ?? false, watched: entry?.watched ?? false, reads }));
