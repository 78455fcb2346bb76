// Everything that a run chooses at random comes from its seed, so that it can be run again.

/**
 * @param {string} text
 * @returns {number} 32 bits
 */
function hash(text) {
  let state = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) state = Math.imul(state ^ text.charCodeAt(i), 0x01000193);
  return state >>> 0;
}

/**
 * @param {...(string | number)} seed equal seeds give equal sequences
 * @returns {() => number} the next number from 0 up to, not including, 1 (mulberry32)
 */
export function randomFrom(...seed) {
  let state = hash(seed.join("\n"));
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** @returns {number} a seed for a run that was given none */
export function newSeed() {
  return Math.floor(Math.random() * 2 ** 31);
}

/**
 * @param {number} seed
 * @returns {() => string} ids of which no two are equal, such as `rq-0a1b2c3d`
 */
export function idsFrom(seed) {
  let next = hash(`ids ${seed}`);
  return () => `rq-${(next++ >>> 0).toString(16).padStart(8, "0")}`;
}

export const ID_PATTERN = /rq-[0-9a-f]{8}/g;
