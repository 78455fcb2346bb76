// Holds a flight against what the clients logged.
//
// On a busy machine a thread stands still for a while at any point: between the last byte of an answer and its own note of
// that, or before it reads what waits in the system's buffers. No number of milliseconds would tell that from a fault. So what
// the server must have known when it was killed is derived from what it did: an answer to something that was asked later.

/** Bound of the issue: what was in flight for longer should be listed. */
export const GRACE_MS = 10;

/** @typedef {import("./kill.mjs").Logged} Logged */

/**
 * @typedef {object} Verdict
 * @property {string[]} problems what must not be; empty for a good flight
 * @property {number} listed requests in the flight
 * @property {number} justEnded of those listed, how many had ended at the client, with nothing that the thread did since
 * @property {number} unnamed of those listed, how many had no label yet
 * @property {number} young of those not listed and never answered, how many were sent less than `GRACE_MS` before the kill
 * @property {number} unread how many were sent earlier, and the thread had not provably read them
 * @property {number} ageError most ms by which an age in the flight is outside of what the client's log allows
 */

/**
 * A request that is listed must have been sent, and not have ended: its thread has provably gone on if it answered something
 * that was asked after the client had the end. A request that was never answered in full must be listed if the thread has
 * provably read it: the headers of its answer came, or those of another that was asked later, and then of one that was asked
 * when the client had those. (A thread reads all that is there in one turn; the third request was read in a later turn than
 * the second, and so than the first.)
 *
 * @param {any} flight what `last-flight --json` says
 * @param {{ log: Map<string, Logged>, killed: number }} run
 * @returns {Verdict}
 */
export function judge(flight, { log, killed }) {
  /** @type {string[]} */
  const problems = [];
  /** @type {Verdict} */
  const verdict = {
    problems,
    listed: flight.inFlight.length,
    justEnded: 0,
    unnamed: 0,
    young: 0,
    unread: 0,
    ageError: 0,
  };
  if (flight.endedCleanly !== false || flight.running || flight.ending !== null)
    problems.push("it says it ended by itself");
  const { pages, cells, stalls } = flight.corrupt;
  if (pages + cells + stalls > 0) problems.push(`corrupt: ${JSON.stringify(flight.corrupt)}`);

  const answered = [...log.values()].filter(({ headed }) => headed !== undefined && headed < killed);
  /** When the client first heard of something that it had asked the same thread at a time or later; `Infinity` for never. */
  const heardAfter = (/** @type {number} */ port, /** @type {number} */ time) => {
    const later = answered.filter((other) => other.port === port && other.asked >= time);
    return Math.min(...later.map(({ headed }) => headed ?? Number.POSITIVE_INFINITY));
  };

  const listed = new Set();
  for (const { seq, label, state, ageMs, thread } of flight.inFlight) {
    // Stopped after the cell was taken and before its label was written: the last thing that the thread did.
    if (
      label === "" &&
      flight.threads.some((/** @type {any} */ each) => each.id === thread && each.lastEntered?.seq === seq)
    ) {
      verdict.unnamed++;
      continue;
    }
    const id = /^GET \/r\/(\d+)$/.exec(label)?.[1] ?? "";
    const entry = log.get(id);
    if (entry === undefined || listed.has(id)) {
      problems.push(`listed and never asked for, or twice: ${JSON.stringify(label)}`);
      continue;
    }
    listed.add(id);
    // It stays responded until the turn after its response, and is in flight till then.
    if (state !== "active" && state !== "responded") problems.push(`${label} is ${state}`);
    const { port, asked, headed = killed, ended = killed } = entry;
    if (ended < killed) {
      if (heardAfter(port, ended) === Number.POSITIVE_INFINITY) verdict.justEnded++;
      else problems.push(`${label} is listed, and had ended ${(killed - ended).toFixed(1)} ms before`);
    }
    // The server got it between the two.
    const [least, most] = [killed - Math.min(headed, killed), killed - asked];
    verdict.ageError = Math.max(verdict.ageError, least - ageMs, ageMs - most);
  }
  for (const [id, { port, sent, headed, ended }] of log) {
    if (listed.has(id) || ended !== undefined || sent === undefined) continue;
    if (headed !== undefined || heardAfter(port, heardAfter(port, sent)) < killed) {
      problems.push(`GET /r/${id} is missing: sent ${(killed - sent).toFixed(1)} ms before`);
    } else if (killed - sent < GRACE_MS) verdict.young++;
    else verdict.unread++;
  }
  return verdict;
}
