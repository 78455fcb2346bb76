import { inspect } from "node:util";

/** @param {unknown} value */
export function describe(value) {
  return inspect(value, { depth: 3, breakLength: Number.POSITIVE_INFINITY });
}
