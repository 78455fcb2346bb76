// Compares a flight recording with what the clients logged.
//
// On a busy machine a thread can pause at any point: after it sent the last byte of a response and before it records that, or
// before it reads what the system has buffered. No number of milliseconds separates that from a fault. So what the server
// must have known when it was killed is derived from what it did: it responded to a later request.

/** A request that was sent less than this before the kill may be missing, whatever its thread did. */
export const GRACE_MS = 10;

/** @typedef {import("./kill.mjs").Logged} Logged */

/**
 * @typedef {object} FlightResult
 * @property {string[]} problems faults; empty for a good recording
 * @property {number} listed requests in the recording
 * @property {number} justEnded of those listed, how many had ended at the client, and their thread did nothing afterwards
 * @property {number} unnamed of those listed, how many had no label yet
 * @property {number} young of those not listed and without a complete response, how many were sent less than `GRACE_MS` before the kill
 * @property {number} unread of the same, how many were sent earlier, and nothing proves that their thread had read them
 * @property {number} ageError most ms by which an age in the recording is outside what the client's log allows
 */

/**
 * A listed request must have been sent and not have ended. That its thread went on after the end is proved by a response to
 * a request that was made after the client had the end. A request without a complete response must be listed if its thread
 * has read it. That is proved by the headers of its response, or by those of a second request that was made later and of a
 * third that was made once the client had the second's: a thread reads all that is there in one turn of the event loop, so it
 * read the third in a later turn than the second, and than the first.
 *
 * @param {any} flight printed by `last-flight --json`
 * @param {{ log: Map<string, Logged>, killed: number }} run
 * @returns {FlightResult}
 */
export function checkFlight(flight, { log, killed }) {
  /** @type {string[]} */
  const problems = [];
  /** @type {FlightResult} */
  const result = {
    problems,
    listed: flight.inFlight.length,
    justEnded: 0,
    unnamed: 0,
    young: 0,
    unread: 0,
    ageError: 0,
  };
  if (flight.endedCleanly !== false || flight.running || flight.ending !== null)
    problems.push("recorded as ended by itself");
  const { pages, records, stalls } = flight.corrupt;
  if (pages + records + stalls > 0) problems.push(`corrupt: ${JSON.stringify(flight.corrupt)}`);

  const responded = [...log.values()].filter(({ headed }) => headed !== undefined && headed < killed);
  /** When the first response came to a request made to the same thread at a time or later; `Infinity` for never. */
  const respondedAfter = (/** @type {number} */ port, /** @type {number} */ time) => {
    const later = responded.filter((other) => other.port === port && other.requested >= time);
    return Math.min(...later.map(({ headed }) => headed ?? Number.POSITIVE_INFINITY));
  };

  const listed = new Set();
  for (const { id: contextId, label, state, ageMs, thread } of flight.inFlight) {
    // Killed after the record was taken and before its label was written: the last thing that the thread did.
    if (
      label === "" &&
      flight.threads.some((/** @type {any} */ each) => each.id === thread && each.lastEntered?.id === contextId)
    ) {
      result.unnamed++;
      continue;
    }
    const id = /^GET \/r\/(\d+)$/.exec(label)?.[1] ?? "";
    const entry = log.get(id);
    if (entry === undefined || listed.has(id)) {
      problems.push(`listed without a request, or twice: ${JSON.stringify(label)}`);
      continue;
    }
    listed.add(id);
    // It stays `responded`, and in flight, until the turn after its response.
    if (state !== "active" && state !== "responded") problems.push(`${label} is ${state}`);
    const { port, requested, headed = killed, ended = killed } = entry;
    if (ended < killed) {
      if (respondedAfter(port, ended) === Number.POSITIVE_INFINITY) result.justEnded++;
      else problems.push(`${label} is listed, and had ended ${(killed - ended).toFixed(1)} ms before`);
    }
    // The server received it between the two.
    const [least, most] = [killed - Math.min(headed, killed), killed - requested];
    result.ageError = Math.max(result.ageError, least - ageMs, ageMs - most);
  }
  for (const [id, { port, sent, headed, ended }] of log) {
    if (listed.has(id) || ended !== undefined || sent === undefined) continue;
    if (headed !== undefined || respondedAfter(port, respondedAfter(port, sent)) < killed) {
      problems.push(`GET /r/${id} is missing: sent ${(killed - sent).toFixed(1)} ms before`);
    } else if (killed - sent < GRACE_MS) result.young++;
    else result.unread++;
  }
  return result;
}
