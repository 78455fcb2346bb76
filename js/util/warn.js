// Not the variable, of which Next.js warns in what it builds for the edge runtime.
const { process } = globalThis;

let isGuarded = false;

/**
 * Emits a process warning.
 *
 * @param {string} message
 * @param {string} [code]
 */
export function warn(message, code) {
  if (!process?.emitWarning) return console.warn(message);
  // Node prints it on `process.stderr`. If nobody reads that, or the disk is full, Node takes the first error of the console, and
  // the next, perhaps the program's own, would end the process.
  if (!isGuarded) process.stderr?.on?.("error", () => {});
  isGuarded = true;
  process.emitWarning(message, { type: "OnescopeWarning", code });
}
