// vinext marks a response whose body it holds whole in memory: nothing can be produced, and no `after()` queued, while
// it is sent. The mark is a property that vinext's own server modules read and write too.

/**
 * @param {any} response
 * @returns {boolean}
 */
export function isFullyBufferedBody(response) {
  return response.__vinextFullyBufferedBody === true;
}

/**
 * @template {Response} R
 * @param {R} response
 * @returns {R}
 */
export function markFullyBufferedBody(response) {
  /** @type {any} */ (response).__vinextFullyBufferedBody = true;
  return response;
}

/**
 * @param {Response} source
 * @param {Response} target a response made from `source`
 * @returns {Response} `target`, marked if `source` is
 */
export function preserveFullyBufferedBodyMetadata(source, target) {
  return isFullyBufferedBody(source) ? markFullyBufferedBody(target) : target;
}
