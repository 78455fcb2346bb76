/**
 * @param {import("../../store/native/contract.js").Flight} flight
 * @returns {object} the same with times as ISO text
 */
export function toJson({ startedAtMs, lastAliveAtMs, stalls, ...flight }) {
  return {
    ...flight,
    startedAt: isoTime(startedAtMs),
    lastAliveAt: isoTime(lastAliveAtMs),
    stalls: stalls.map(({ atMs, report }) => ({ at: isoTime(atMs), ...report })),
  };
}

/** @param {number} ms since 1970 */
export function isoTime(ms) {
  return new Date(ms).toISOString();
}
