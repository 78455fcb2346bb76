import { Session } from "node:inspector";
import { keyOf } from "../util/copies.js";

// Asks a stuck thread through the inspector: an expression is evaluated between two instructions of its JavaScript, with
// neither debugger nor pause. Where the thread is in a native call, that is when the call returns. Another worker thread
// is reached through the main one, whose session passes messages on.

// The frame of the expression itself is to look like one of Node's, which reports leave out.
const expression = (/** @type {number} */ thread) =>
  `globalThis[Symbol.for("${keyOf("stall.1")}")]?.(${thread}) ?? null\n//# sourceURL=node:onescope`;

/** How the inspector says (for the main thread with a number in front) that somebody ended the execution that it was asked to interrupt. */
const TERMINATED = "Execution was terminated";

/** @typedef {import("./probe-response.js").ThreadAnswer} ThreadAnswer */
/** @typedef {(method: string, params?: object) => Promise<any>} Post */

/** A connection to one stuck thread. It connects at once, and costs the other threads nothing but what they answer. */
export class Look {
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
   * Asks the thread; while it is in native code the answer takes as long as that.
   *
   * @returns {Promise<ThreadAnswer | undefined>} `undefined` if no thread of that number answers
   */
  async ask() {
    if (this.#target !== undefined) return this.#evaluate(this.#target);
    /** @type {Post} */
    const main = (method, params) => this.#post(method, params);
    return (await this.#askAs(main)) ?? (await this.#askWorkers());
  }

  /** Ends the connection. Whoever waits for an answer waits in vain. */
  close() {
    this.#session.disconnect();
  }

  /** @param {Post} post */
  async #askAs(post) {
    const answer = await this.#evaluate(post);
    if (answer !== undefined) this.#target = post;
    return answer;
  }

  /**
   * Whichever worker has the number answers. Others that are stuck in native code do not hold it up.
   *
   * @returns {Promise<ThreadAnswer | undefined>}
   */
  #askWorkers() {
    return new Promise((resolve) => {
      /** @type {Promise<unknown>[]} */
      const asked = [];
      this.#session.on("NodeWorker.attachedToWorker", ({ params: { sessionId } }) => {
        const worker = new WorkerPost((message) =>
          this.#post("NodeWorker.sendMessageToWorker", { sessionId, message }),
        );
        this.#workers.set(sessionId, worker);
        asked.push(this.#askAs(worker.post).then((answer) => answer && resolve(answer)));
      });
      this.#session.on("NodeWorker.receivedMessageFromWorker", ({ params: { sessionId, message } }) =>
        this.#workers.get(sessionId)?.receive(message),
      );
      this.#session.on("NodeWorker.detachedFromWorker", ({ params: { sessionId } }) =>
        this.#workers.get(sessionId)?.close(),
      );
      // By then every worker that was there is attached.
      this.#post("NodeWorker.enable", { waitForDebuggerOnStart: false })
        .then(() => Promise.all(asked))
        .catch(() => {})
        .then(() => resolve(undefined));
    });
  }

  /**
   * @param {Post} post
   * @returns {Promise<ThreadAnswer | undefined>}
   */
  async #evaluate(post) {
    try {
      const params = { expression: expression(this.#thread), returnByValue: true, silent: true };
      const answer = (await post("Runtime.evaluate", params)).result?.value;
      return isWhole(answer) ? answer : undefined;
    } catch (error) {
      // `worker.terminate()` or the time limit of a script hit the question, which took it for its own: it would be lost,
      // and the thread run on for ever.
      if (error instanceof Error && error.message.includes(TERMINATED))
        await post("Runtime.terminateExecution").catch(() => {});
      return undefined;
    }
  }

  /**
   * @param {string} method
   * @param {object} [params]
   * @returns {Promise<any>}
   */
  #post(method, params) {
    return new Promise((resolve, reject) => {
      this.#session.post(method, params, (error, result) => {
        if (error === null) resolve(result);
        else reject(new Error(error.message));
      });
    });
  }
}

/**
 * @param {any} answer `null` of a thread that is not meant; of one that was terminated meanwhile, a part
 * @returns {answer is ThreadAnswer}
 */
function isWhole(answer) {
  if (typeof answer !== "object" || answer === null) return false;
  const { seq, beat, stack } = answer;
  return (seq === null || typeof seq === "number") && typeof beat === "number" && typeof stack === "string";
}

/** Messages to one worker and their answers. */
class WorkerPost {
  #send;
  #id = 0;
  /** @type {Map<number, { resolve: (result: any) => void, reject: (error: Error) => void }>} */
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

  /** Tells that the worker ended. */
  close() {
    for (const { reject } of this.#waiting.values()) reject(new Error("the worker ended"));
    this.#waiting.clear();
  }
}
