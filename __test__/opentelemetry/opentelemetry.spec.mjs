import assert from "node:assert/strict";
import { cpSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { backend } from "../../js/index.js";
import { instrument } from "../../js/opentelemetry.js";
import { codeOf } from "../_support/code-of.mjs";
import { flightDirectory } from "../_support/flights.mjs";
import { evalJson, inheritedFlags, ROOT, runNode } from "../_support/run.mjs";

const native = backend === "native";
const PROGRAM = join(ROOT, "__test__/_support/traced.mjs");
const SERVER = 1;

/** Cases that depend neither on Node's version nor on how async context travels run once: each blocks for a while. */
const elsewhere = !native || inheritedFlags().length > 0 || !process.version.startsWith("v24.");

/** @param {string[]} args @param {string[]} [flags] */
async function traced(args, flags = []) {
  const { code, stdout, stderr } = await runNode([...flags, PROGRAM, ...args]);
  assert.equal(code, 0, stderr);
  assert.doesNotMatch(stderr, /Warning/);
  const { spans, reports, metrics } = JSON.parse(stdout);
  assert.ok(
    spans.every(({ ownEnd }) => !ownEnd),
    "spans have their own end() back",
  );
  const requests = spans.filter(({ kind }) => kind === SERVER);
  /** @param {any} span @returns {string} the path of the request that a span is part of */
  const pathOf = (span) => requests.find(({ traceId }) => traceId === span.traceId)?.path;
  const events = spans.flatMap((span) => span.events.map((event) => ({ ...event, span, path: pathOf(span) })));
  // Whatever else this run is about: no event is on another request's span, and each has a line that was reported.
  for (const { name, attributes, path, at, span } of events) {
    assert.equal(name, "onescope.stall");
    assert.equal(attributes["onescope.context.label"], `GET ${path}`);
    assert.ok(at >= span.start && at <= span.end + 1, JSON.stringify({ at, span, reports }));
    const lines = reports.filter(({ request }) => request?.id === attributes["onescope.context.id"]);
    assert.ok(lines.some(({ confidence }) => confidence === attributes["onescope.stall.confidence"]));
  }
  return {
    spans,
    requests,
    reports,
    metrics,
    events,
    pathOf,
    of: (path) => events.filter((event) => event.path === path),
  };
}

const named = (/** @type {any} */ attributes, /** @type {string} */ name) => attributes[`onescope.stall.${name}`];

for (const [name, flags] of /** @type {const} */ ([
  ["a storage beside onescope's", []],
  ["a slot", ["--import", "onescope/register"]],
])) {
  test(`stalls are events on the span of the request that blocks (OpenTelemetry's storage is ${name})`, {
    skip: !native,
  }, async () => {
    const { requests, of, reports, metrics } = await traced(["blocking", '{"3":"loop","7":"exec"}'], flags);
    assert.equal(requests.length, 20);
    const [loop] = of("/3");
    const [exec] = of("/7");
    assert.deepEqual([of("/3").length, of("/7").length], [1, 1], JSON.stringify(reports));
    assert.deepEqual([loop.span.kind, exec.span.kind], [SERVER, SERVER]);
    assert.equal(named(loop.attributes, "confidence"), "exact");
    const stack = loop.attributes["code.stacktrace"];
    assert.match(stack, /^ {4}at \S*loop \(__test__\/_support\/traced\.mjs:\d+:\d+\)$/m);
    assert.ok(stack.split("\n").every((frame) => frame.startsWith("    at ")));
    assert.equal(named(loop.attributes, "call"), undefined);
    assert.equal(named(exec.attributes, "confidence"), "in-call");
    assert.equal(named(exec.attributes, "call"), "child_process.execSync");
    for (const { attributes } of [loop, exec]) {
      assert.ok(named(attributes, "blocked_ms") >= 550, JSON.stringify(attributes));
      assert.equal(attributes["onescope.thread"], 0);
    }
    const ends = reports.filter(({ onescope }) => onescope === "recovered");
    const [duration] = metrics.filter((metric) => metric.name === "onescope.stall.duration");
    const [count] = metrics.filter((metric) => metric.name === "onescope.stall.count");
    const sum = (points, of) => points.reduce((total, { value }) => total + of(value), 0);
    assert.deepEqual([duration.unit, duration.type, count.unit], ["s", "HISTOGRAM", "{stall}"]);
    assert.equal(
      sum(duration.points, ({ count }) => count),
      ends.length,
    );
    const begins = reports.filter(({ onescope }, n) => onescope === "stall" && reports[n - 1]?.onescope !== "stall");
    assert.equal(
      sum(count.points, (value) => value),
      begins.length,
    );
    const seconds = ends.reduce((total, { blockedMs }) => total + blockedMs / 1000, 0);
    assert.ok(Math.abs(sum(duration.points, (value) => value.sum) - seconds) < 1e-6);
    assert.deepEqual(
      count.points.flatMap(({ attributes }) => Object.keys(attributes)).at(0),
      "onescope.stall.confidence",
    );
  });
}

describe("stalls and spans", { skip: elsewhere, concurrency: 2 }, () => {
  test("a child span that was active has the event, and it is reported once", async () => {
    const { of, pathOf } = await traced(["blocking", '{"5":"loop, then exec"}']);
    const [event, ...more] = of("/5");
    assert.deepEqual([more, event.span.name], [[], "child"]);
    assert.equal(pathOf(event.span), "/5");
  });

  test("how long it blocked is known after a recording has started, too", async (t) => {
    const { of } = await traced(["recorded", flightDirectory(t)]);
    const [event, ...more] = of("/7");
    assert.deepEqual(more, []);
    // The call takes a second, and no line was reported after 600 ms.
    assert.ok(named(event.attributes, "blocked_ms") >= 950, JSON.stringify(event.attributes));
  });

  test("what blocks in work inside a request is on the request's span", async () => {
    const { of } = await traced(["blocking", '{"4":"loop in work"}']);
    assert.deepEqual(
      of("/4").map(({ span }) => span.kind),
      [SERVER],
    );
  });

  for (const how of ["span that ends early", "span that ends before the stall is reported"]) {
    test(`a ${how} gets a span beside it`, async () => {
      const { spans, of, requests } = await traced(["blocking", JSON.stringify({ 9: how })]);
      assert.deepEqual(of("/9"), []);
      const ended = requests.find(({ path }) => path === "/9");
      const [beside, ...more] = spans.filter(({ name }) => name === "onescope.stall");
      assert.deepEqual(more, []);
      assert.deepEqual([beside.traceId, beside.parent, beside.links], [ended.traceId, ended.spanId, [ended.spanId]]);
      assert.equal(beside.attributes["onescope.context.label"], "GET /9");
      assert.ok(Math.abs(beside.end - beside.start - named(beside.attributes, "blocked_ms")) < 2);
    });
  }

  test("a request that waits in the same turn gets no event", async () => {
    const { events } = await traced(["same turn"]);
    assert.deepEqual(
      events.map(({ path }) => path),
      ["/0"],
    );
  });

  test("spans that are not sampled stay alone", async () => {
    const { spans, reports } = await traced(["unsampled"]);
    assert.deepEqual(spans, []);
    assert.ok(reports.some(({ request }) => request?.label === "GET /7"));
  });

  test("where no request is known there is no event", async () => {
    const { events, reports } = await traced(["untracked"]);
    assert.deepEqual(events, []);
    // The first proves that there is a helper, and is in no request either.
    assert.ok(reports.filter(({ onescope }) => onescope === "recovered").length > 1, JSON.stringify(reports));
  });

  test("what was only entered last gets no event", async () => {
    const { events, reports } = await traced(["without helper"]);
    assert.deepEqual([...new Set(events.map(({ path }) => path))], ["/7"]);
    assert.ok(reports.some(({ confidence }) => confidence === "last-seen"));
  });

  test("a worker's spans have the worker's stalls", async () => {
    const { of } = await traced(["worker"]);
    const [loop] = of("/3");
    assert.equal(named(loop.attributes, "confidence"), "exact");
    assert.ok(loop.attributes["onescope.thread"] > 0);
    assert.equal(named(of("/7")[0].attributes, "call"), "child_process.execSync");
  });

  test("once it is stopped nothing is reported", async () => {
    const { events, metrics, reports } = await traced(["stopped"]);
    assert.deepEqual(events, []);
    assert.ok(reports.some(({ request }) => request?.label === "GET /7"));
    // Those of before stay.
    const measured = metrics.filter(({ points }) => points.length > 0);
    assert.deepEqual(measured.map(({ name }) => name).sort(), ["onescope.stall.count", "onescope.stall.duration"]);
    const [{ points }] = measured.filter(({ name }) => name === "onescope.stall.count");
    const counted = points.reduce((total, { value }) => total + value, 0);
    assert.ok(counted < reports.filter(({ onescope }) => onescope === "recovered").length);
  });
});

test("counters are metrics", async () => {
  const { metrics } = await traced(["counting"]);
  const [one, ...rest] = metrics.filter(({ name }) => name === "onescope.context.created");
  assert.deepEqual(rest, []);
  assert.deepEqual(
    [one.unit, one.type, one.points],
    ["{context}", "OBSERVABLE_COUNTER", [{ attributes: {}, value: 1 }]],
  );
  assert.deepEqual(metrics.map(({ name, type, unit }) => `${name} ${type} ${unit}`).sort(), [
    "onescope.context.abandoned OBSERVABLE_COUNTER {context}",
    "onescope.context.children OBSERVABLE_COUNTER {context}",
    "onescope.context.closed OBSERVABLE_COUNTER {context}",
    "onescope.context.created OBSERVABLE_COUNTER {context}",
    "onescope.context.in_flight OBSERVABLE_UP_DOWN_COUNTER {context}",
    "onescope.context.in_flight.state OBSERVABLE_UP_DOWN_COUNTER {context}",
    "onescope.page.count OBSERVABLE_UP_DOWN_COUNTER {page}",
    "onescope.thread.count OBSERVABLE_UP_DOWN_COUNTER {thread}",
  ]);
  for (const [name, attribute] of [
    ["onescope.context.in_flight", "onescope.context.kind"],
    ["onescope.context.in_flight.state", "onescope.context.state"],
  ]) {
    const { points } = metrics.find((metric) => metric.name === name);
    assert.ok(
      points.every(({ attributes }) => typeof attributes[attribute] === "string"),
      name,
    );
    assert.ok(points.length >= 3);
  }
});

test("without OpenTelemetry's API it says what to install", async (t) => {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), "onescope-opentelemetry-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const part of ["js", "shims", "package.json"]) cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  const entry = pathToFileURL(join(folder, "js/opentelemetry.js"));
  const said = await evalJson(`
    import { instrument } from "${entry}";
    try { instrument(); } catch ({ code, message }) { console.log(JSON.stringify({ code, message })); }
  `);
  assert.equal(said.code, "ERR_ONESCOPE_OPENTELEMETRY");
  assert.match(said.message, /@opentelemetry\/api.*not installed.*npm install @opentelemetry\/api/);
});

test("options are checked, and a thread is instrumented once", () => {
  for (const options of [{ meterProvider: {} }, { tracerProvider: 1 }, { strict: 1 }]) {
    assert.equal(
      codeOf(() => instrument(/** @type {any} */ (options))),
      "ERR_ONESCOPE_OPTION",
    );
  }
  const first = instrument();
  assert.equal(
    codeOf(() => instrument({ strict: true })),
    "ERR_ONESCOPE_INSTRUMENTED",
  );
  first.stop();
  const second = instrument();
  // A handle that was stopped does not affect later ones.
  first.stop();
  assert.equal(
    codeOf(() => instrument({ strict: true })),
    "ERR_ONESCOPE_INSTRUMENTED",
  );
  second[Symbol.dispose]();
  instrument().stop();
});

test("instrumented a second time, a thread goes on, and one line says so", async () => {
  const said = await evalJson(`
    import { setImmediate } from "node:timers/promises";
    import { instrument } from "./js/opentelemetry.js";
    const warnings = [];
    process.on("warning", ({ code, message }) => warnings.push([code, message]));
    instrument();
    for (let n = 0; n < 2; n++) instrument().stop();
    let strict;
    try { instrument({ strict: true }) } catch ({ code }) { strict = code }
    await setImmediate();
    console.log(JSON.stringify({ strict, warnings }));
  `);
  assert.equal(said.strict, "ERR_ONESCOPE_INSTRUMENTED");
  assert.equal(said.warnings.length, 1);
  assert.equal(said.warnings[0][0], "ERR_ONESCOPE_INSTRUMENTED");
  assert.match(said.warnings[0][1], /^onescope's instrument\(\) did nothing: .*$/);
});
