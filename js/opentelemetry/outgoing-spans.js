import { guarded } from "../tracking/guarded.js";
import { begin, end, name } from "../tracking/outgoing/work.js";

/** @import { Attributes, Span } from "@opentelemetry/api" */
/** @import { OutgoingWork } from "../tracking/outgoing/work.js" */

// Spans of calls that leave the process, as what requests wait for.

/** `SpanKind.CLIENT`: not imported, as the package may not be installed. */
const CLIENT = 2;

/** What the span of an HTTP request has: these are seen without OpenTelemetry. */
const OF_HTTP = ["http.request.method", "http.method"];

/** @typedef {Span & { name: string, kind: number, attributes: Attributes }} ClientSpan */

/** @type {typeof import("../opentelemetry.js").OutgoingSpanProcessor} */
export const OutgoingSpanProcessor = class {
  /** @type {WeakMap<object, OutgoingWork>} */
  #open = new WeakMap();

  onStart = guarded((/** @type {ClientSpan} */ span) => {
    const { kind, attributes } = span;
    if (kind !== CLIENT || OF_HTTP.some((key) => attributes?.[key] !== undefined)) return;
    const work = begin();
    if (work === undefined) return;
    this.#open.set(span, work);
    const host = attributes?.["server.address"] ?? attributes?.["net.peer.name"];
    const port = attributes?.["server.port"] ?? attributes?.["net.peer.port"];
    const server = [host, port].filter((part) => part !== undefined).join(":");
    // The name of a span is made to be shown; a statement is an attribute.
    name(work, `${span.name} ${server}`.trimEnd());
  });

  /** @param {object} span */
  onEnd(span) {
    end(this.#open.get(span));
  }

  async forceFlush() {}

  async shutdown() {}
};
