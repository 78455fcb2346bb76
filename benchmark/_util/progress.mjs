/** How often what runs is said where there is no terminal. */
const EVERY_MS = 60_000;

/**
 * A line on stderr with what runs and how long the rest may take: on a terminal the last one, elsewhere one a minute.
 *
 * @param {number} total
 */
export function progress(total) {
  const began = Date.now();
  let count = 0;
  let shown = began;
  const show = (/** @type {string} */ text) => {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
    else if (text !== "" && Date.now() - shown >= EVERY_MS) {
      process.stderr.write(`${text}\n`);
      shown = Date.now();
    }
  };
  const left = () => {
    if (count === 0) return "";
    const seconds = ((Date.now() - began) / 1000 / count) * (total - count);
    return `${seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`} left, `;
  };
  const step = (/** @type {string} */ what) => {
    show(`[${count + 1}/${total}] ${left()}${what}`);
    count++;
  };
  return Object.assign(step, { done: () => show("") });
}
