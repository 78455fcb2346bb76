import { LAYOUT } from "../generated/slot-table.js";
import { backend } from "../store/backend.js";
import { elapsedMs } from "../store/clock.js";
import { threadBlock, threadNumber } from "../store/records.js";
import { blockedMs, LEAST_MS } from "../watchdog/stall-hooks.js";

/** @import { StallReport } from "../inspect.js" */
/** @import { Attributes, Span, Tracer } from "@opentelemetry/api" */

// A stall becomes an event on the span that was active in what blocked the thread. The span is remembered while it is
// active, by the id of the context that is current there; the event is made only once the watchdog has reported a stall
// and confirmed this very context. A request's span mostly ends in the turn that was blocked, before a message could arrive.
// So while a span is remembered, its `end` first looks up what was reported.

/**
 * @typedef {object} Remembered
 * @property {number} id id of the context that was current with the span
 * @property {Span} span
 * @property {number} heartbeat the thread's last one: identifies the stall
 * @property {number} blocked ms for which the stall lasted at least
 * @property {number} turns of the event loop since
 * @property {boolean} ended the span ended before its stall was reported
 * @property {boolean} done it has its event
 * @property {() => void} release gives the span its own `end` back
 */

/** Name of the event on a span, and of the span where no event can be. */
const STALL = "onescope.stall";

const { heartbeat: HEARTBEAT } = LAYOUT.block;

/** A stall can still be reported in the first moments after it. */
const TURNS = 4;

/** The spans of one thread. */
export class StallSpans {
  #api;
  #tracer;
  /** @type {Map<number, Remembered>} by `id` */
  #remembered = new Map();

  /**
   * @param {typeof import("@opentelemetry/api")} api
   * @param {Tracer} tracer makes a span where a span has ended too early for an event
   */
  constructor(api, tracer) {
    this.#api = api;
    this.#tracer = tracer;
  }

  /**
   * Remembers the active span. Can come in the middle of anything, so it changes nothing but that span's `end`.
   *
   * @param {number} id id of the current context
   */
  see(id) {
    const span = this.#api.trace.getActiveSpan();
    const heartbeat = threadBlock()[HEARTBEAT];
    const known = this.#remembered.get(id);
    if (known?.heartbeat === heartbeat && (known.done || known.span === span)) return;
    if (span === undefined) return;
    const ended = !span.isRecording();
    if (ended && !this.#wasSampled(span)) return;
    known?.release();
    /** @type {Remembered} */
    const remembered = { id, span, heartbeat, blocked: 0, turns: 0, ended, done: false, release: () => {} };
    this.#remembered.set(id, remembered);
    if (ended) return;
    onEnd(remembered, () => {
      // Somebody else's wrapper may call it once more, after its time.
      if (remembered.done || this.#remembered.get(id) !== remembered) return;
      remembered.ended = !this.#tell(remembered);
    });
  }

  /** Makes the events of spans that have not ended. Comes between two turns, before the thread writes its heartbeat. */
  turn() {
    for (const [id, remembered] of this.#remembered) {
      if (!remembered.done && !this.#tell(remembered) && ++remembered.turns < TURNS) continue;
      remembered.release();
      this.#remembered.delete(id);
    }
  }

  /** Forgets all spans. */
  stop() {
    for (const { release } of this.#remembered.values()) release();
    this.#remembered.clear();
  }

  /**
   * @param {Span} span that does not record
   * @returns {boolean} whether it is one of this process that did
   */
  #wasSampled(span) {
    const { traceFlags, isRemote } = span.spanContext();
    return isRemote !== true && (traceFlags & this.#api.TraceFlags.SAMPLED) !== 0;
  }

  /**
   * @param {Remembered} remembered
   * @returns {boolean} whether its stall was reported
   */
  #tell(remembered) {
    const { id, span, heartbeat, ended } = remembered;
    // Asked for each time: a recording that starts or stops moves it.
    const block = threadBlock();
    if (block[HEARTBEAT] === heartbeat) remembered.blocked = blockedMs(block);
    // Reports of an earlier stall came before this one's heartbeat, or soon after.
    const confirmed = backend.watchdog?.confirmedStalls(threadNumber()) ?? [];
    const reported = confirmed.filter(({ at }) => elapsedMs(heartbeat, at) >= LEAST_MS);
    const mine = reported.findLast((line) => line.id === id);
    if (mine === undefined) return false;
    remembered.done = true;
    /** @type {StallReport} */
    const report = JSON.parse(mine.line);
    // Somebody else may have gone on blocking the thread.
    const blocked = reported.at(-1) === mine ? Math.max(report.blockedMs, remembered.blocked) : report.blockedMs;
    const attributes = attributesOf(report, blocked);
    // The span's own clock gives the time, so the event is within the span.
    if (!ended && span.isRecording()) span.addEvent(STALL, attributes);
    else this.#tellBeside(span, attributes, blocked);
    return true;
  }

  /**
   * Makes a short span of the stall, as a child of the one that has ended.
   *
   * @param {Span} span
   * @param {Attributes} attributes
   * @param {number} blocked ms up to now
   */
  #tellBeside(span, attributes, blocked) {
    const { ROOT_CONTEXT, trace } = this.#api;
    const context = span.spanContext();
    const now = Date.now();
    const parent = trace.setSpanContext(ROOT_CONTEXT, context);
    const options = { attributes, links: [{ context }], startTime: new Date(now - blocked) };
    this.#tracer.startSpan(STALL, options, parent).end(new Date(now));
  }
}

/**
 * `code.stacktrace` is of OpenTelemetry's semantic conventions; there are none for the rest.
 *
 * @param {StallReport} report
 * @param {number} blocked ms
 * @returns {Attributes}
 */
function attributesOf({ thread, confidence, request, call, stack }, blocked) {
  return {
    "onescope.stall.blocked_ms": blocked,
    "onescope.stall.confidence": confidence,
    "onescope.thread": thread,
    ...(request !== null && {
      "onescope.context.label": request.label,
      "onescope.context.id": request.id,
      "onescope.context.state": request.state,
    }),
    ...(call !== null && { "onescope.stall.call": call }),
    ...(stack.length > 0 && { "code.stacktrace": stack.map((frame) => `    at ${frame}`).join("\n") }),
  };
}

/**
 * Has something called as a span ends, once.
 *
 * @param {Remembered} remembered
 * @param {() => void} before
 */
function onEnd(remembered, before) {
  const { span } = remembered;
  const own = Object.getOwnPropertyDescriptor(span, "end");
  const { end } = span;
  /**
   * @this {Span}
   * @param {Parameters<Span["end"]>} args
   */
  const patched = function (...args) {
    remembered.release();
    try {
      before();
    } catch {
      // A span that takes no event still ends.
    }
    return Reflect.apply(end, this, args);
  };
  // A span that does not let itself be changed is reported at the next turn.
  if (!Reflect.defineProperty(span, "end", { value: patched, configurable: true, writable: true })) return;
  remembered.release = () => {
    if (span.end !== patched) return;
    if (own === undefined) Reflect.deleteProperty(span, "end");
    else Reflect.defineProperty(span, "end", own);
  };
}
