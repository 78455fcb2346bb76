// A server that OpenTelemetry's own SDK traces and measures, with a watch on; for opentelemetry.spec.mjs.
// usage: node [--import onescope/register] traced.mjs PROGRAM [ORDER]
//
// At the end it prints as JSON what was exported: `{ spans, metrics, reports }`.

import { execSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { setTimeout as sleep } from "node:timers/promises";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { context, metrics, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { HttpInstrumentation } from "@opentelemetry/instrumentation-http";
import { MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics";
import { AlwaysOffSampler, InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { record, runTask, trackRequests, watch } from "../../js/inspect.js";
import { instrument } from "../../js/opentelemetry.js";
import { backend } from "../../js/store/backend.js";
import { threadBlock, threadNumber } from "../../js/store/records.js";

const program = isMainThread ? process.argv[2] : workerData.program;

const exporter = new InMemorySpanExporter();
const sampler = program === "unsampled" ? { sampler: new AlwaysOffSampler() } : {};
const tracerProvider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })], ...sampler });
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
trace.setGlobalTracerProvider(tracerProvider);

/** Collects on request. */
class Reader extends MetricReader {
  async onForceFlush() {}
  async onShutdown() {}
}
const reader = new Reader();
metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));

new HttpInstrumentation().enable();
// OpenTelemetry wraps a module as it is required.
const { createServer } = createRequire(import.meta.url)("node:http");

/** Whether a helper can prove that a request blocks. */
const isProvable = ["blocking", "in worker", "stopped"].includes(program);

const THRESHOLD_MS = 300;
const BLOCK_MS = 600;
const tracer = trace.getTracer("test");

const blocks = {
  loop: () => (isProvable ? loopUntilReported() : loop(BLOCK_MS)),
  exec: () => execSync("sleep 1"),
  /** after which the request is in another span, in a marked call */
  "loop, then exec": () => {
    tracer.startActiveSpan("child", (span) => {
      loopUntilReported();
      span.end();
    });
    execSync("true");
  },
  "loop in work": () => runTask("work", loopUntilReported),
  "span that ends early": () => {
    trace.getActiveSpan().end();
    loopUntilReported();
  },
  /** It is kept because it was active in a marked call late in the block. */
  "span that ends before the stall is reported": () => {
    loop(THRESHOLD_MS / 2);
    existsSync("/");
    trace.getActiveSpan().end();
    loopUntilReported();
  },
};

/** Blocks for a time. */
function loop(ms) {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

/** Blocks until the watchdog has reported the request as proven. */
function loopUntilReported() {
  const began = threadBlock()[0];
  const isReported = () => backend.watchdog.confirmedStalls(threadNumber()).some(({ at }) => at - began > 0);
  loop(BLOCK_MS);
  for (const end = performance.now() + 10_000; !isReported() && performance.now() < end; ) loop(50);
}

/** @type {any[]} */
const reports = [];

/** @param {(request: string) => unknown} listener called in each request after some awaits, with its path */
async function serve(listener) {
  const server = createServer(async (request, response) => {
    for (let n = 0; n < 3; n++) {
      await tracer.startActiveSpan("step", async (span) => {
        await sleep(5 + ((n * 7) % 11));
        span.end();
      });
    }
    await listener(request.url);
    response.end("done");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  return {
    request: async (path) => (await fetch(`http://127.0.0.1:${port}${path}`)).text(),
    stop: () => server.close() && server.closeAllConnections(),
  };
}

/** Requests 20 paths at once; some of them block, one after the other, each in a stall of its own. */
async function interleave(blocking) {
  let before = Promise.resolve();
  const server = await serve(async (path) => {
    const block = blocks[blocking[path.slice(1)]];
    if (block === undefined) return;
    const previous = before.then(() => sleep(150));
    const over = Promise.withResolvers();
    before = over.promise;
    await previous;
    block();
    over.resolve();
  });
  // The thread has a heartbeat.
  await sleep(200);
  await Promise.all(Array.from({ length: 20 }, (_, n) => server.request(`/${n}`)));
  await sleep(300);
  server.stop();
}

const programs = {
  async blocking() {
    trackRequests();
    await startWatch();
    await interleave(JSON.parse(process.argv[3]));
  },
  /** A recording moves the thread's block. */
  async recorded() {
    trackRequests();
    await startWatch();
    record({ directory: process.argv[3] });
    await interleave({ 7: "exec" });
  },
  /** One blocks, and when it is over, others run before the event loop does. */
  async "same turn"() {
    trackRequests();
    await startWatch();
    const gate = sleep(400);
    const server = await serve(async (path) => {
      await gate;
      if (path === "/0") return loopUntilReported();
      await null;
      existsSync("/");
    });
    await Promise.all([0, 1, 2, 3].map((n) => server.request(`/${n}`)));
    await sleep(300);
    server.stop();
  },
  async unsampled() {
    trackRequests();
    await startWatch();
    await interleave({ 7: "exec" });
  },
  async untracked() {
    await startWatch();
    await interleave({ 3: "loop" });
  },
  async "without helper"() {
    trackRequests();
    await startWatch({ stacks: false });
    await interleave({ 3: "loop", 7: "exec" });
  },
  async stopped() {
    trackRequests();
    await startWatch();
    instrumentation.stop();
    instrumentation.stop();
    await interleave({ 7: "exec" });
  },
  async worker() {
    await startWatch();
    const worker = new Worker(new URL(import.meta.url), { workerData: { program: "in worker" } });
    const [exported] = await once(worker, "message");
    return { spans: exported };
  },
  async "in worker"() {
    trackRequests();
    await interleave({ 3: "loop", 7: "exec" });
  },
  async counting() {
    trackRequests();
    const server = await serve(() => {});
    await server.request("/1");
    server.stop();
  },
};

async function startWatch(options) {
  watch({ thresholdMs: THRESHOLD_MS, onStall: (report) => reports.push(report), ...options });
  if (options?.stacks === false) return;
  // The helper takes a while to start.
  while (!reports.some(({ confidence }) => confidence === "exact")) {
    await sleep(200);
    loop(THRESHOLD_MS + 100);
    await sleep(100);
  }
  while (reports.at(-1).onescope === "stall") await sleep(10);
}

const instrumentation = instrument();
const more = await programs[program]();
const spans = exporter.getFinishedSpans().map((span) => ({
  name: span.name,
  path: span.attributes["url.path"] ?? span.attributes["http.target"],
  attributes: span.attributes,
  kind: span.kind,
  traceId: span.spanContext().traceId,
  spanId: span.spanContext().spanId,
  parent: span.parentSpanContext?.spanId,
  links: span.links.map(({ context: { spanId } }) => spanId),
  start: ms(span.startTime),
  end: ms(span.endTime),
  events: span.events.map(({ name, attributes, time }) => ({ name, attributes, at: ms(time) })),
  // What was put in its place for a while is gone.
  ownEnd: Object.hasOwn(span, "end"),
}));

function ms([seconds, nanoseconds]) {
  return seconds * 1000 + nanoseconds / 1e6;
}

if (isMainThread) {
  const { resourceMetrics } = await reader.collect();
  const measured = resourceMetrics.scopeMetrics.flatMap((scope) => {
    return scope.metrics.map(({ descriptor, dataPoints }) => ({
      scope: scope.scope.name,
      name: descriptor.name,
      unit: descriptor.unit,
      type: descriptor.type,
      points: dataPoints.map(({ attributes, value }) => ({ attributes, value })),
    }));
  });
  const metricsOfOnescope = measured.filter(({ scope }) => scope === "onescope");
  console.log(JSON.stringify({ spans, reports, metrics: metricsOfOnescope, ...more }));
  process.exit();
} else {
  parentPort.postMessage(spans);
  setImmediate(() => process.exit());
}
