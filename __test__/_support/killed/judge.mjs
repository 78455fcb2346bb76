// Holds a flight against what the clients logged.

/** How long a request may be under way unseen: the bound, and a tick of the coarse clock. */
export const GRACE_MS = 10;

/**
 * @typedef {object} Verdict
 * @property {string[]} problems what must not be; empty for a good flight
 * @property {number} listed requests in the flight
 * @property {number} justEnded of those listed, how many the client had whole before the kill, by less than `GRACE_MS`
 * @property {number} unheard requests that the client sent less than `GRACE_MS` before the kill, and that are not listed
 * @property {number} ageError most ms by which an age in the flight is outside of what the client's log allows
 */

/**
 * A request that is listed must have been sent and not answered in full; one whose end the client saw less than 10 ms before
 * the kill passes too, because the server may have been stopped between sending the last byte and noting that. A request
 * must be listed if it was never answered in full and either its headers had come, so that the server surely had it, or it
 * had been sent for over 10 ms.
 *
 * @param {any} flight what `last-flight --json` says
 * @param {{ log: Map<string, import("./kill.mjs").Logged>, killed: number }} run
 * @returns {Verdict}
 */
export function judge(flight, { log, killed }) {
  /** @type {string[]} */
  const problems = [];
  /** @type {Verdict} */
  const verdict = { problems, listed: flight.inFlight.length, justEnded: 0, unheard: 0, ageError: 0 };
  if (flight.endedCleanly !== false || flight.running || flight.ending !== null)
    problems.push("it says it ended by itself");
  if (Object.values(flight.corrupt).some((count) => count > 0) && flight.corrupt.snapshots === 0) {
    problems.push(`corrupt: ${JSON.stringify(flight.corrupt)}`);
  }
  const listed = new Set();
  for (const { label, state, ageMs } of flight.inFlight) {
    const id = /^GET \/r\/(\d+)$/.exec(label)?.[1] ?? "";
    const entry = log.get(id);
    if (entry === undefined || listed.has(id)) {
      problems.push(`listed and never asked for, or twice: ${JSON.stringify(label)}`);
      continue;
    }
    listed.add(id);
    if (state !== "active") problems.push(`${label} is ${state}`);
    if (entry.ended !== undefined && entry.ended < killed) {
      verdict.justEnded++;
      const ms = killed - entry.ended;
      if (ms >= GRACE_MS) problems.push(`${label} is listed, and had ended ${ms.toFixed(1)} ms before`);
    }
    const most = killed - (entry.sent ?? killed) - ageMs;
    const least = ageMs - (killed - Math.min(entry.headed ?? killed, killed));
    // The server got it between the two.
    if (least < 0) verdict.ageError = Math.max(verdict.ageError, -least);
    if (most < 0) verdict.ageError = Math.max(verdict.ageError, -most);
  }
  for (const [id, { sent, headed, ended }] of log) {
    if (listed.has(id) || ended !== undefined || sent === undefined) continue;
    const ms = killed - sent;
    if (headed !== undefined || ms > GRACE_MS) {
      const known = headed === undefined ? "" : ", and the server had it";
      problems.push(`GET /r/${id} is missing: sent ${ms.toFixed(1)} ms before${known}`);
    } else verdict.unheard++;
  }
  return verdict;
}
