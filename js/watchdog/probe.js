import { Session } from "node:inspector";
import { keyOf } from "../util/copies.js";

/** @import { ProbeResponse } from "./probe-response.js" */

// Probes a blocked thread through the inspector: an expression is evaluated between two instructions of its JavaScript, with
// neither debugger nor pause. Where the thread is in a native call, that is when the call returns. Another worker thread
// is reached through the main one, whose session passes messages on.

// The frame of the expression itself looks like one of Node's, which reports leave out.
const expression = (/** @type {number} */ thread) =>
  `globalThis[Symbol.for("${keyOf("stall.1")}")]?.(${thread}) ?? null\n//# sourceURL=node:onescope`;

/** How the inspector says (for the main thread with a number in front) that the execution it interrupted was ended. */
const TERMINATED = "Execution was terminated";

/** @typedef {(method: string, params?: object) => Promise<{ result?: { value?: Partial<ProbeResponse> | null } }>} Post */

/** A connection to one blocked thread. It connects at once, and costs other threads only their responses. */
export class Probe {
  #thread;
  #session = new Session();
  /** @type {Post | undefined} posts to the thread, once it is known which one it is */
  #target;
  /** @type {Map<string, WorkerPost>} by the session that the main thread has with a worker */
  #workers = new Map();

  /** @param {number} thread the number that onescope gave it */
  constructor(thread) {
    this.#thread = thread;
    this.#session.connectToMainThread();
  }

  /**
   * Requests a response; while the thread is in native code, it comes when that code returns.
   *
   * @returns {Promise<ProbeResponse | undefined>} `undefined` if no thread of that number responds
   */
  async request() {
    if (this.#target !== undefined) return this.#evaluate(this.#target);
    /** @type {Post} */
    const main = (method, params) => this.#post(method, params);
    return (await this.#requestFrom(main)) ?? (await this.#requestWorkers());
  }

  /** Ends the connection. A request that is pending stays so. */
  close() {
    this.#session.disconnect();
  }

  /** @param {Post} post */
  async #requestFrom(post) {
    const response = await this.#evaluate(post);
    if (response !== undefined) this.#target = post;
    return response;
  }

  /**
   * The worker with the number responds. Others that are blocked in native code do not delay it.
   *
   * @returns {Promise<ProbeResponse | undefined>}
   */
  #requestWorkers() {
    return new Promise((resolve) => {
      /** @type {Promise<unknown>[]} */
      const requested = [];
      this.#session.on("NodeWorker.attachedToWorker", ({ params: { sessionId } }) => {
        const worker = new WorkerPost((message) =>
          this.#post("NodeWorker.sendMessageToWorker", { sessionId, message }),
        );
        this.#workers.set(sessionId, worker);
        requested.push(this.#requestFrom(worker.post).then((response) => response && resolve(response)));
      });
      this.#session.on("NodeWorker.receivedMessageFromWorker", ({ params: { sessionId, message } }) =>
        this.#workers.get(sessionId)?.receive(message),
      );
      this.#session.on("NodeWorker.detachedFromWorker", ({ params: { sessionId } }) =>
        this.#workers.get(sessionId)?.close(),
      );
      // By then every worker that was there is attached.
      this.#post("NodeWorker.enable", { waitForDebuggerOnStart: false })
        .then(() => Promise.all(requested))
        .catch(() => {})
        .then(() => resolve(undefined));
    });
  }

  /**
   * @param {Post} post
   * @returns {Promise<ProbeResponse | undefined>}
   */
  async #evaluate(post) {
    try {
      const params = { expression: expression(this.#thread), returnByValue: true, silent: true };
      const response = (await post("Runtime.evaluate", params)).result?.value;
      return isWhole(response) ? response : undefined;
    } catch (error) {
      // `worker.terminate()` or the time limit of a script hit the probe instead of the thread's own code: without
      // this the thread would run on for ever.
      if (error instanceof Error && error.message.includes(TERMINATED))
        await post("Runtime.terminateExecution").catch(() => {});
      return undefined;
    }
  }

  /**
   * @param {string} method
   * @param {object} [params]
   * @returns {ReturnType<Post>}
   */
  #post(method, params) {
    return new Promise((resolve, reject) => {
      this.#session.post(method, params, (error, result) => {
        if (error === null) resolve(/** @type {object} */ (result));
        else reject(new Error(error.message));
      });
    });
  }
}

/**
 * @param {Partial<ProbeResponse> | null | undefined} response `null` from a thread with another number; incomplete from one that was terminated meanwhile
 * @returns {response is ProbeResponse}
 */
function isWhole(response) {
  if (typeof response !== "object" || response === null) return false;
  const { id, heartbeat, stack } = response;
  return (id === null || typeof id === "number") && typeof heartbeat === "number" && typeof stack === "string";
}

/** Messages to one worker, and the responses to them. */
class WorkerPost {
  #send;
  #id = 0;
  /** @type {Map<number, { resolve: (result: Awaited<ReturnType<Post>>) => void, reject: (error: Error) => void }>} */
  #waiting = new Map();

  /** @param {(message: string) => Promise<unknown>} send */
  constructor(send) {
    this.#send = send;
  }

  /** @type {Post} */
  post = (method, params) =>
    new Promise((resolve, reject) => {
      const id = ++this.#id;
      this.#waiting.set(id, { resolve, reject });
      this.#send(JSON.stringify({ id, method, params })).catch(reject);
    });

  /** @param {string} message */
  receive(message) {
    const { id, result, error } = JSON.parse(message);
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(result);
    else waiting?.reject(new Error(error.message));
  }

  /** The worker ended: rejects what is pending. */
  close() {
    for (const { reject } of this.#waiting.values()) reject(new Error("the worker ended"));
    this.#waiting.clear();
  }
}
