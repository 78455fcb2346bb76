import { CODES, literal, OnescopeError } from "../../util/errors.js";

/**
 * Refuses what can be no id and no limit.
 *
 * @param {unknown} given
 * @throws {OnescopeError} `ERR_ONESCOPE_ID`
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
    CODES.ID,
    `${literal(given)} is not a valid id or limit; pass an id that onescope returned, or a limit from 0 to ${Number.MAX_SAFE_INTEGER}`,
  );
}
