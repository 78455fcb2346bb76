/**
 * @param {import("./choose.js").Found} found
 * @returns {object} the same, flat, with times as ISO text
 */
export function toJson({ file, live, flight }) {
  const { startedAtMs, lastAliveAtMs, stalls, ...rest } = flight;
  return {
    file,
    live,
    ...rest,
    startedAt: isoTime(startedAtMs),
    lastAliveAt: isoTime(lastAliveAtMs),
    stalls: stalls.map(({ atMs, report }) => ({ at: isoTime(atMs), ...report })),
  };
}

/** @param {number} ms since 1970 */
export function isoTime(ms) {
  return new Date(ms).toISOString();
}
