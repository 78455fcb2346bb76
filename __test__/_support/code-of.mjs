/**
 * @template T
 * @param {() => T} fn
 * @returns {any} what `fn` throws, as `code: message`, or what it returns
 */
export function codeOf(fn) {
  try {
    fn();
  } catch (error) {
    return error.code ?? `${error.name}: ${error.message}`;
  }
  return "no error";
}
