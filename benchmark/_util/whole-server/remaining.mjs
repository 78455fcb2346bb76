/**
 * What runs and how long the rest will take, on stderr: one line on a terminal, else a line a step.
 *
 * @param {number} total steps, of about the same length
 */
export function remaining(total) {
  const begin = performance.now();
  let count = 0;
  const tty = process.stderr.isTTY === true;
  const step = (/** @type {string} */ what) => {
    const seconds = count === 0 ? undefined : ((performance.now() - begin) / 1000 / count) * (total - count);
    const left =
      seconds === undefined
        ? ""
        : `, ${seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`} left`;
    const text = `[${++count}/${total}] ${what}${left}`;
    process.stderr.write(tty ? `\r\x1b[K${text}` : `${text}\n`);
  };
  return Object.assign(step, { done: () => void (tty && process.stderr.write("\r\x1b[K")) });
}
