import assert from "node:assert/strict";
import { tracingChannel } from "node:diagnostics_channel";
import { test } from "node:test";
import { SpanKind } from "@opentelemetry/api";
import { TracerProvider } from "@opentelemetry/sdk-trace";
import { inFlight, runTask } from "../../js/inspect.js";
import { OutgoingSpanProcessor } from "../../js/opentelemetry.js";
import { track } from "../_support/tracked.mjs";

const waits = () => inFlight({ label: "of a library" }).map(({ waiting }) => waiting?.label ?? null);

for (const [channel, published, expected] of /** @type {const} */ ([
  ["mysql2:query", { query: "SELECT secret", serverAddress: "db", serverPort: 3306 }, "mysql SELECT db:3306"],
  ["mysql2:connect", { serverAddress: "/run/mysql.sock", serverPort: undefined }, "mysql connect /run/mysql.sock"],
  ["ioredis:command", { command: "get", args: ["secret"], serverAddress: "r", serverPort: 1 }, "redis get r:1"],
  ["node-redis:command", { command: "GET", args: ["GET", "secret"] }, "redis GET"],
])) {
  test(`what is published in ${channel} is waited for until it is settled`, async () => {
    track();
    await runTask("of a library", async () => {
      const { promise, resolve } = Promise.withResolvers();
      const done = tracingChannel(channel).tracePromise(() => promise, { ...published });
      assert.deepEqual(waits(), [expected]);
      resolve(undefined);
      await done;
      assert.deepEqual(waits(), [null]);
      const failed = tracingChannel(channel).tracePromise(() => Promise.reject(new Error("x")), { ...published });
      await assert.rejects(failed);
      assert.deepEqual(waits(), [null]);
    });
  });
}

test("a client span is waited for until it ends, and that of an HTTP request is not", async () => {
  track();
  const processor = new OutgoingSpanProcessor();
  const tracer = new TracerProvider({ spanProcessors: [processor] }).getTracer("spec");
  await runTask("of a library", async () => {
    const http = tracer.startSpan("GET", { kind: SpanKind.CLIENT, attributes: { "http.request.method": "GET" } });
    const internal = tracer.startSpan("render", { kind: SpanKind.INTERNAL });
    assert.deepEqual(waits(), [null]);
    const attributes = { "server.address": "db", "server.port": 5432, "db.query.text": "secret" };
    const query = tracer.startSpan("pg.query:SELECT shop", { kind: SpanKind.CLIENT, attributes });
    assert.deepEqual(waits(), ["pg.query:SELECT shop db:5432"]);
    for (const span of [query, internal, http]) span.end();
    assert.deepEqual(waits(), [null]);
  });
  await processor.forceFlush();
  await processor.shutdown();
});
