import { SlotStorage } from "../async-context/slot-storage.js";

// Bodies of responses: when one has ended, and which cannot produce anything while it is sent.

// vinext keeps a map of response streams that it wrapped and that were not read yet. Wrapping such a stream again adds a
// layer to it instead of a second wrapper. The map is on globalThis, so every copy of vinext shares it.
const UNREAD = Symbol.for("vinext.deferUntilStreamConsumed.unreadWrappers");

/** @typedef {Response & { __vinextFullyBufferedBody?: boolean }} Marked */

/**
 * A stream with the same chunks that calls `onEnd` once when the consumer has drained it, cancelled it, or met its
 * error. The source is read and cancelled, and `onEnd` called, in the async context of this call: the consumer reads
 * from outside the request, and the source's chunks are made on its behalf. Nothing is read ahead of the consumer.
 *
 * @template T
 * @param {ReadableStream<T>} source
 * @param {() => void} onEnd must not throw
 * @returns {ReadableStream<T>}
 */
export function closeWithBody(source, onEnd) {
  const inContext = SlotStorage.snapshot();
  const layers =
    /** @type {{ [UNREAD]?: WeakMap<ReadableStream, { onFlush: () => void, runInCreationContext: typeof inContext }[]> }} */ (
      globalThis
    )[UNREAD]?.get(source);
  if (layers !== undefined && !source.locked) {
    layers.push({ onFlush: onEnd, runInCreationContext: inContext });
    return source;
  }
  const reader = source.getReader();
  let ended = false;
  const end = () => {
    if (ended) return;
    ended = true;
    inContext(onEnd);
  };
  const release = () => {
    // Throws while a read is pending, as after a cancel in the middle of one; the lock does not matter then.
    try {
      reader.releaseLock();
    } catch {}
  };
  return new ReadableStream(
    {
      pull: (controller) =>
        inContext(() => reader.read()).then(
          ({ done, value }) => {
            if (ended) return;
            if (!done) return controller.enqueue(value);
            release();
            end();
            controller.close();
          },
          (error) => {
            if (ended) return;
            release();
            end();
            controller.error(error);
          },
        ),
      cancel(reason) {
        end();
        return inContext(() => reader.cancel(reason)).finally(release);
      },
    },
    { highWaterMark: 0 },
  );
}

/**
 * Whether vinext marked a response because it holds the whole body in memory: while that is sent, nothing can be produced and
 * no `after()` queued. The mark is a property that vinext's own server modules read and write too.
 *
 * @param {Marked} response
 * @returns {boolean}
 */
export function isFullyBufferedBody(response) {
  return response.__vinextFullyBufferedBody === true;
}

/**
 * @template {Response} R
 * @param {R} response
 * @returns {R}
 */
export function markFullyBufferedBody(response) {
  /** @type {Marked} */ (response).__vinextFullyBufferedBody = true;
  return response;
}

/**
 * @param {Response} source
 * @param {Response} target a response made from `source`
 * @returns {Response} `target`, marked if `source` is
 */
export function preserveFullyBufferedBodyMetadata(source, target) {
  return isFullyBufferedBody(source) ? markFullyBufferedBody(target) : target;
}
