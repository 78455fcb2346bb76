/**
 * Which side a request is on where the sides take turns: off, on, on, off, so that what drifts falls out.
 *
 * @param {number} index of the request, from 0
 */
export const isOn = (index) => index % 4 === 1 || index % 4 === 2;
