/**
 * A line on stderr with what runs, on a terminal.
 *
 * @param {number} total
 */
export function progress(total) {
  let count = 0;
  const show = (/** @type {string} */ text) => {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
  };
  const step = (/** @type {string} */ what) => show(`[${++count}/${total}] ${what}`);
  return Object.assign(step, { done: () => show("") });
}
