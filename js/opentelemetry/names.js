// What OpenTelemetry's users see. `code.stacktrace` is of its semantic conventions; there are none for the rest.

/** Name of the event on a span, and of the span where no event can be. */
export const STALL = "onescope.stall";

export const LABEL = "onescope.context.label";
export const ID = "onescope.context.id";
export const THREAD = "onescope.thread";
export const BLOCKED_MS = "onescope.stall.blocked_ms";
export const CONFIDENCE = "onescope.stall.confidence";
export const CALL = "onescope.stall.call";
export const STACK = "code.stacktrace";

export const KIND = "onescope.context.kind";
export const STATE = "onescope.context.state";
