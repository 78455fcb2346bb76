/**
 * Off, on, on, off, so that what drifts falls out; then reversed, because slow requests come in pairs, and two that
 * are neighbours would meet fewer of those than two that are not.
 */
const ON = [false, true, true, false, true, false, false, true];

/** Requests in a row that have two of each variant. */
export const FOUR = 4;

/**
 * Which variant a request is on where the variants are interleaved.
 *
 * @param {number} index of the request, from 0
 */
export const isOn = (index) => ON[index % ON.length];
