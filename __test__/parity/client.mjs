import { request as httpRequest } from "node:http";

/**
 * @typedef {object} Received
 * @property {string} label
 * @property {number} status
 * @property {Array<[name: string, value: string]>} headers in the order of the wire, each `Set-Cookie` by itself
 * @property {string} body what arrived until the end, or until the client hung up
 */

/**
 * @typedef {object} Sending
 * @property {string} [method]
 * @property {Record<string, string>} [headers]
 * @property {string} [body]
 * @property {boolean} [rsc] adds the mark by which caches distinguish such requests from those for pages
 * @property {boolean} [bare] leaves the id out of the query: for pages that are cached by their whole address
 * @property {Array<[after: string, gate: string]>} [gates] the gates of the app to open, each once its text has arrived
 * @property {string} [hangUpAfter] ends the connection once this text has arrived
 */

const TIMEOUT_MS = 120_000;
const POLL_MS = 60_000;
const LONGEST_DELAY_MS = 12;

/** One conversation: its requests carry its id and its cookies, and its responses are kept. */
export class Client {
  /** @type {Received[]} */
  responses = [];
  /** @type {Map<string, string>} */
  cookies = new Map();

  /**
   * @param {{ origin: string, mode: "production" | "development", id: string, random: () => number }} options
   */
  constructor({ origin, mode, id, random }) {
    this.origin = origin;
    this.mode = mode;
    this.id = id;
    this.random = random;
    this.cookies.set("rid", id);
  }

  /**
   * Sends a request and keeps its response.
   *
   * @param {string} label distinguishes the responses of a conversation
   * @param {string} path
   * @param {Sending} [sending]
   * @returns {Promise<Received>}
   */
  async send(label, path, sending = {}) {
    const response = await this.request(label, path, sending);
    this.responses.push(response);
    return response;
  }

  /**
   * Sends what the client's router sends when a link is followed: a request for the component tree alone.
   *
   * @param {string} label
   * @param {string} path
   * @param {Sending} [sending]
   */
  navigate(label, path, { headers = {}, ...sending } = {}) {
    return this.send(label, path, { ...sending, headers: { ...headers, rsc: "1" }, rsc: true });
  }

  /**
   * Sends a request again and again until its response is as expected, and keeps that one only. For what the server does by
   * itself after its response.
   *
   * @param {string} label
   * @param {string} path
   * @param {(response: Received) => boolean} expected
   * @param {Sending} [sending]
   */
  async until(label, path, expected, sending = {}) {
    const end = performance.now() + POLL_MS;
    for (;;) {
      const response = await this.request(label, path, sending);
      if (expected(response)) return void this.responses.push(response);
      if (performance.now() > end)
        throw new Error(`${label}: never as expected, at last ${response.body.slice(0, 500)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /**
   * @param {string} label
   * @param {string} path
   * @param {Sending} sending
   * @returns {Promise<Received>}
   */
  request(label, path, { method = "GET", headers = {}, body, bare = false, rsc = false, gates = [], hangUpAfter }) {
    const url = new URL(path, this.origin);
    if (!bare) url.searchParams.set("rid", this.id);
    // Without an equals sign, which is what the server would redirect to.
    if (rsc) url.search += `${url.search === "" ? "?" : "&"}_rsc`;
    const delays = Array.from({ length: 8 }, () => Math.floor(this.random() * LONGEST_DELAY_MS));
    const cookie = Array.from(this.cookies, (pair) => pair.join("=")).join("; ");
    const { promise, resolve, reject } = Promise.withResolvers();
    const outgoing = httpRequest(url, {
      method,
      // A connection of its own: one that the server may be closing just now cannot be distinguished from one that it keeps.
      agent: false,
      headers: { "x-request-id": this.id, "x-delays": delays.join(","), cookie, ...headers },
      timeout: TIMEOUT_MS,
    });
    outgoing.on("timeout", () => outgoing.destroy(new Error(`no response within ${TIMEOUT_MS / 1000} s`)));
    outgoing.on("error", (error) => reject(new Error(`${label}: ${method} ${path}: ${error.message}`)));
    outgoing.on("response", (incoming) => {
      let text = "";
      const waiting = [...gates];
      const done = () => {
        const response = { label, status: incoming.statusCode ?? 0, headers: pairs(incoming.rawHeaders), body: text };
        this.#keepCookies(response);
        resolve(response);
      };
      incoming.setEncoding("utf8");
      incoming.on("data", (chunk) => {
        text += chunk;
        while (waiting.length > 0 && text.includes(waiting[0][0])) void this.#open(waiting.shift()?.[1]).catch(reject);
        if (hangUpAfter === undefined || !text.includes(hangUpAfter)) return;
        // What else has arrived by now depends on the moment.
        text = text.slice(0, text.indexOf(hangUpAfter) + hangUpAfter.length);
        incoming.removeAllListeners("data");
        outgoing.destroy();
        done();
      });
      incoming.on("error", (error) => reject(new Error(`${label}: ${method} ${path}: ${error.message}`)));
      incoming.on("end", done);
    });
    outgoing.end(body);
    return promise;
  }

  /** @param {string | undefined} gate */
  async #open(gate) {
    await this.request("gate", "/api/gate", { method: "POST", body: gate });
  }

  /** @param {Received} response */
  #keepCookies({ headers }) {
    for (const [name, value] of headers) {
      if (name.toLowerCase() !== "set-cookie") continue;
      const [pair, ...attributes] = value.split(";").map((part) => part.trim());
      const [key, content] = [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)];
      const gone = attributes.some((each) => /^max-age=0$/i.test(each) || /^expires=.*1970/i.test(each));
      if (gone) this.cookies.delete(key);
      else this.cookies.set(key, content);
    }
  }
}

/**
 * @param {string[]} raw alternating names and values
 * @returns {Array<[string, string]>}
 */
function pairs(raw) {
  /** @type {Array<[string, string]>} */
  const result = [];
  for (let i = 0; i < raw.length; i += 2) result.push([raw[i].toLowerCase(), raw[i + 1]]);
  return result;
}
