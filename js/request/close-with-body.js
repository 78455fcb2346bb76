import { SlotStorage } from "../async-context/slot-storage.js";

// vinext keeps a map of response streams that it wrapped and nobody has read yet. Whoever wraps such a stream again
// adds a layer to it instead of a second wrapper. The map lies on globalThis, so every copy of vinext shares it.
const UNREAD = Symbol.for("vinext.deferUntilStreamConsumed.unreadWrappers");

/**
 * A stream with the same chunks that calls `onEnd` once when the consumer has drained it, cancelled it, or met its
 * error. The source is read and cancelled, and `onEnd` called, in the async context of this call: the consumer reads
 * from outside the request, and the source's chunks are made on its behalf. Nothing is read ahead of the consumer.
 *
 * @param {ReadableStream<any>} source
 * @param {() => void} onEnd must not throw
 * @returns {ReadableStream<any>}
 */
export function closeWithBody(source, onEnd) {
  const inContext = SlotStorage.snapshot();
  const layers = /** @type {any} */ (globalThis)[UNREAD]?.get(source);
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
    // Throws while a read is pending, as after a cancel in the middle of one; the lock is of no use to anybody then.
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
