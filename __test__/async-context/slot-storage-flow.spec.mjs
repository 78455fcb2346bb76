import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { EventEmitter, on, once } from "node:events";
import { createServer, get } from "node:http";
import { Readable, Transform, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { test } from "node:test";
import { setTimeout as delay, setImmediate as nextTurn, setInterval as ticks } from "node:timers/promises";
import { SlotStorage } from "../../js/async-context/slot-storage.js";

// What carries a context from one place to another. Each probe runs with Node's class and with ours and must see the
// same; the expected values are written out, so that a probe which sees nothing at all cannot pass.

/**
 * @param {string} name
 * @param {unknown} expected
 * @param {(storage: AsyncLocalStorage<any>) => unknown} probe
 */
function carries(name, expected, probe) {
  test(name, async () => {
    assert.deepEqual(await probe(new AsyncLocalStorage()), expected, "Node's class");
    assert.deepEqual(await probe(new SlotStorage()), expected, "SlotStorage");
  });
}

carries("a generator reads what its caller has entered, at each step", ["one", "two", undefined], (a) => {
  function* reads() {
    for (;;) yield a.getStore();
  }
  const steps = a.run("made in", reads);
  return [a.run("one", () => steps.next().value), a.run("two", () => steps.next().value), steps.next().value];
});

carries("an async generator keeps to its caller at the first step", ["first", "first"], async (a) => {
  async function* reads() {
    yield a.getStore();
    await nextTurn();
    yield a.getStore();
  }
  return a.run("first", async () => {
    const seen = [];
    for await (const value of reads()) seen.push(value);
    return seen;
  });
});

carries(
  "a thenable is called in the context that awaits it, and the awaiter goes on in it",
  ["in", "in"],
  async (a) => {
    const seen = [];
    // biome-ignore lint/suspicious/noThenProperty: the thenable is what is tested
    const thenable = { then: (resolve) => resolve(seen.push(a.getStore())) };
    await a.run("in", async () => {
      await thenable;
      seen.push(a.getStore());
    });
    return seen;
  },
);

carries("a promise resolved elsewhere continues in the context of its then", ["then", "await"], async (a) => {
  const { promise, resolve } = Promise.withResolvers();
  const reads = Promise.all([
    a.run("then", () => promise.then(() => a.getStore())),
    a.run("await", async () => {
      await promise;
      return a.getStore();
    }),
  ]);
  a.run("resolver", resolve);
  return reads;
});

carries("Promise.all, race, allSettled and finally keep the context", Array(4).fill("in"), (a) =>
  a.run("in", async () => {
    const seen = [];
    const note = () => seen.push(a.getStore());
    await Promise.all([nextTurn(), delay(1)]).then(note);
    await Promise.race([nextTurn(), delay(1)]).then(note);
    await Promise.allSettled([nextTurn(), Promise.reject(new Error("settled"))]).then(note);
    await nextTurn().finally(note);
    return seen;
  }),
);

carries("timers, immediates, ticks and microtasks keep the context", Array(5).fill("in"), (a) => {
  const starters = [(fn) => setTimeout(fn, 1), setImmediate, process.nextTick, queueMicrotask];
  const reads = starters.map((start) => a.run("in", () => new Promise((r) => void start(() => r(a.getStore())))));
  const tick = a.run("in", async () => {
    for await (const _ of ticks(1)) return a.getStore();
  });
  return Promise.all([...reads, tick]);
});

carries(
  "a listener is called in the context of emit, and once() and on() keep the waiter's",
  ["emit", "wait", "wait"],
  async (a) => {
    const emitter = new EventEmitter();
    const seen = [];
    a.run("listen", () => emitter.on("event", () => seen.push(a.getStore())));
    const waits = a.run("wait", async () => {
      await once(emitter, "event");
      seen.push(a.getStore());
    });
    const iterates = a.run("wait", async () => {
      for await (const _ of on(emitter, "event")) return seen.push(a.getStore());
    });
    a.run("emit", () => emitter.emit("event"));
    await Promise.all([waits, iterates]);
    return seen;
  },
);

carries("a stream pipeline keeps the context in each of its parts", ["in"], async (a) => {
  const seen = new Set();
  const note = () => seen.add(a.getStore());
  await a.run("in", async () => {
    const source = Readable.from(
      (async function* () {
        for (let i = 0; i < 3; i++) {
          await nextTurn();
          note();
          yield "chunk";
        }
      })(),
    );
    const middle = new Transform({
      transform(chunk, _encoding, done) {
        note();
        setImmediate(() => done(note() && null, chunk));
      },
    });
    const sink = new Writable({
      write(_chunk, _encoding, done) {
        note();
        setImmediate(done);
      },
    });
    await pipeline(source, middle, sink);
    note();
  });
  return [...seen];
});

carries("fifty requests at once each see their own value and no other", { own: 50, outside: undefined }, async (a) => {
  const server = createServer((request, response) => {
    a.run({ url: request.url }, async () => {
      await delay(Number(request.url.slice(1)) % 3);
      request.resume();
      await once(request, "end");
      await new Promise((resolve) => void process.nextTick(resolve));
      response.end(a.getStore().url);
      response.on("finish", () => finished.push(a.getStore().url === request.url));
    });
  });
  const finished = [];
  await new Promise((resolve) => void server.listen(0, "127.0.0.1", resolve));
  try {
    const { port } = server.address();
    const request = (path) =>
      new Promise((resolve, reject) => {
        a.run(`client ${path}`, () => {
          get({ port, host: "127.0.0.1", path, agent: false }, async (response) => {
            const body = (await response.toArray()).join("");
            resolve(body === path && a.getStore() === `client ${path}`);
          }).on("error", reject);
        });
      });
    const right = await Promise.all(Array.from({ length: 50 }, (_, i) => request(`/${i}`)));
    while (finished.length < 50) await nextTurn();
    return { own: right.filter(Boolean).length + finished.filter((own) => !own).length, outside: a.getStore() };
  } finally {
    server.close();
  }
});
