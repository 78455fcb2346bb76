// Node's own timers, also where a test replaces them later to control time. What needs them can be loaded later still, so modules
// that are loaded first import this.

export const { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate, clearImmediate } = globalThis;

/** Where there is a process: Workers and browsers load this too. */
export const nextTick = globalThis.process?.nextTick;
