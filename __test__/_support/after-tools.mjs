/** @returns {never} */
export function fail(message) {
  throw new Error(message);
}

/** What the module keeps of a request's deferred work. */
export function state(shim, context) {
  const { callbacks, completion, resolveCompletion, ...counters } = context.afterContext;
  const has = { completion: completion !== null, resolveCompletion: resolveCompletion !== null };
  return { callbacks: callbacks.length, ...counters, ...has, tracking: shim.requiresResponseCloseTracking(context) };
}

/** A request, and what it gave to the host to wait for. */
export function tracked(shim, opts = {}) {
  const completions = [];
  const executionContext = { waitUntil: (promise) => completions.push(promise) };
  return { context: shim.createRequestContext({ executionContext, ...opts }), completions };
}

/**
 * A stream that logs how it is read, and in which context.
 *
 * @param {any} tools
 * @param {Array<string | Error | "hang">} chunks an error is the stream's end, "hang" a read that never comes back
 */
export function source({ log, ...shim }, chunks, onCancel = () => {}) {
  const rest = [...chunks];
  const where = () => (shim.isInsideUnifiedScope() ? "inside" : "outside");
  return new ReadableStream(
    {
      pull(controller) {
        const next = rest.shift();
        log("pull", where(), next instanceof Error ? next.message : next);
        if (next === undefined) controller.close();
        else if (next === "hang") return new Promise(() => {});
        else if (next instanceof Error) controller.error(next);
        else controller.enqueue(new TextEncoder().encode(next));
      },
      cancel(reason) {
        log("cancel", where(), reason);
        return onCancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}

/** Reads a response to its end, outside every request. */
export async function drain({ log, settle }, response) {
  const reader = response.body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      log("chunk", new TextDecoder().decode(value));
      await settle();
    }
    log("end");
  } catch (error) {
    log("error", error.message);
  }
  await settle();
}
