import { KINDS, STATES } from "../generated/slot-table.js";
import { counters } from "../tracking/in-flight.js";

/** @import { BatchObservableResult, Meter } from "@opentelemetry/api" */

// Names are singular and units as in UCUM, as OpenTelemetry's conventions require.

/** Upper bounds of the histogram of stalls, in seconds. */
const BOUNDARIES = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

const CONFIDENCE = "onescope.stall.confidence";

/** Of what is in flight. */
const OPEN_KINDS = KINDS.filter((kind) => kind !== "outgoing");
const OPEN_STATES = STATES.filter((state) => state !== "free" && state !== "closed");

/**
 * Makes metrics of the process's counters.
 *
 * @param {Meter} meter
 * @returns {() => void} ends it
 */
export function observeCounters(meter) {
  const total = (/** @type {string} */ name, /** @type {string} */ unit, /** @type {string} */ description) =>
    meter.createObservableCounter(name, { unit, description });
  const level = (/** @type {string} */ name, /** @type {string} */ unit, /** @type {string} */ description) =>
    meter.createObservableUpDownCounter(name, { unit, description });
  const totals = {
    created: total("onescope.context.created", "{context}", "Requests and tasks created since the process started"),
    children: total("onescope.context.children", "{context}", "Child contexts created since the process started"),
    closed: total("onescope.context.closed", "{context}", "Requests and tasks that closed"),
    abandoned: total(
      "onescope.context.abandoned",
      "{context}",
      "Requests and tasks that were garbage-collected without being closed",
    ),
  };
  const byKind = level("onescope.context.in_flight", "{context}", "Requests and tasks in flight, by kind");
  const byState = level("onescope.context.in_flight.state", "{context}", "Requests and tasks in flight, by state");
  const levels = {
    pages: level("onescope.page.count", "{page}", "Pages in use, of up to 255 records each"),
    threads: level("onescope.thread.count", "{thread}", "JavaScript threads that use the store"),
  };
  /** @param {BatchObservableResult} result */
  const observe = (result) => {
    /** @type {import("../inspect.js").Counters} */
    const { byKind: kinds, byState: states, ...counted } = counters();
    for (const [name, instrument] of Object.entries({ ...totals, ...levels })) {
      result.observe(instrument, counted[/** @type {keyof typeof totals | keyof typeof levels} */ (name)]);
    }
    // All of them each time: a series that is not observed would keep its last value.
    for (const kind of OPEN_KINDS)
      result.observe(byKind, kinds[/** @type {keyof typeof kinds} */ (kind)] ?? 0, { "onescope.context.kind": kind });
    for (const state of OPEN_STATES)
      result.observe(byState, states[/** @type {keyof typeof states} */ (state)] ?? 0, {
        "onescope.context.state": state,
      });
  };
  const instruments = [...Object.values(totals), ...Object.values(levels), byKind, byState];
  meter.addBatchObservableCallback(observe, instruments);
  return () => meter.removeBatchObservableCallback(observe, instruments);
}

/**
 * Makes metrics of the reports of a watch.
 *
 * @param {Meter} meter
 * @returns {(report: import("../watchdog/stall-hooks.js").Report) => void} takes each line
 */
export function stallMetrics(meter) {
  const count = meter.createCounter("onescope.stall.count", {
    unit: "{stall}",
    description: "Reported stalls, by the confidence of the first report",
  });
  const duration = meter.createHistogram("onescope.stall.duration", {
    unit: "s",
    description: "Duration of stalls, by the confidence of the last report",
    advice: { explicitBucketBoundaries: BOUNDARIES },
  });
  /** @type {Map<number, { confidence: string, blockedMs: number }>} by blocked thread: what its last report said */
  const blocked = new Map();
  return (report) => {
    const { thread, blockedMs } = report;
    if (report.onescope === "stall") {
      const { confidence } = report;
      // A watch that is paused meanwhile never reports the end of a stall; the next one is younger.
      const before = blocked.get(thread);
      if (before === undefined || blockedMs < before.blockedMs) count.add(1, { [CONFIDENCE]: confidence });
      blocked.set(thread, { confidence, blockedMs });
      return;
    }
    const confidence = blocked.get(thread)?.confidence;
    blocked.delete(thread);
    if (confidence !== undefined) duration.record(blockedMs / 1000, { [CONFIDENCE]: confidence });
  };
}
