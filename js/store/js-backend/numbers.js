import { CODES, OnescopeError, shown } from "../../util/errors.js";

/**
 * Refuses what can be no id and no limit.
 *
 * @param {unknown} given
 * @throws {OnescopeError} `ERR_ONESCOPE_HANDLE`
 */
export function checkNumber(given) {
  if (!Number.isSafeInteger(given) || Number(given) < 0) refuseNumber(given);
}

/**
 * @param {unknown} given
 * @returns {never}
 */
export function refuseNumber(given) {
  throw new OnescopeError(
    CODES.HANDLE,
    `${shown(given)} is not a handle or id; expected an integer from 1 to ${Number.MAX_SAFE_INTEGER}`,
  );
}
