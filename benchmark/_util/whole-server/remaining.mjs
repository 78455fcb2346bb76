/**
 * What runs and how long the rest will take, on stderr: one line on a terminal, else a line a step.
 *
 * @param {number} total of units of about the same length; a step has one or more
 */
export function remaining(total) {
  const begin = performance.now();
  let begun = 0;
  const tty = process.stderr.isTTY === true;
  const step = (/** @type {string} */ what, units = 1) => {
    const done = begun;
    begun += units;
    const seconds = done === 0 ? undefined : ((performance.now() - begin) / 1000 / done) * (total - done);
    const left =
      seconds === undefined
        ? ""
        : `, ${seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`} left`;
    const text = `[${begun}/${total}] ${what}${left}`;
    process.stderr.write(tty ? `\r\x1b[K${text}` : `${text}\n`);
  };
  return Object.assign(step, { done: () => void (tty && process.stderr.write("\r\x1b[K")) });
}
