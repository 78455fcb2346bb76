import { shared } from "./shared.js";
import { warn } from "./warn.js";

// onescope is made for Node. Bun and Deno run most of it, and lack what the rest is built on. `process.versions` has a field
// for each of them.

const REGISTER =
  "onescope/register: AsyncLocalStorage becomes a slot only if it is loaded with require(), not with import (imports of built-in modules cannot be patched)";
const LEAKS = "trackLeaks() and leaks(): no leaks are reported (no performance entries for garbage collection)";

/** What does not work, by runtime, and the cause. */
const GAPS = {
  Bun: [
    REGISTER,
    "trackRequests(): HTTP/1 and Bun.serve requests are not tracked (no diagnostics_channel messages)",
    "onescope/auto: only requests of node:http2 start it (no diagnostics_channel messages)",
    "watch(): reports have no stacks, and name only tracked requests (no inspector sessions across threads)",
    LEAKS,
  ],
  Deno: [
    REGISTER,
    "trackRequests(): Deno.serve requests are not tracked (no diagnostics_channel messages)",
    "watch(): reports have no stacks (no inspector sessions across threads)",
    LEAKS,
  ],
};

/** Key of what threads that start later inherit. */
const WARNED = "onescope.runtimeWarned";

const { bun, deno } = process.versions;

/** The runtime, if it is not Node, and what does not work in it. */
export const otherRuntime = describe("Bun", bun) ?? describe("Deno", deno);

// Not imported: Node does not need it here, and it takes 2 MB and some milliseconds to load.
const threads = otherRuntime && process.getBuiltinModule("node:worker_threads");

const state = shared("runtime", () => ({ warned: threads?.getEnvironmentData(WARNED) === true }));

/**
 * @param {"Bun" | "Deno"} name
 * @param {string | undefined} version
 */
function describe(name, version) {
  return version === undefined ? undefined : { name, version, gaps: GAPS[name] };
}

/** Called by every feature that some runtime lacks: in such a runtime, one warning of the process names all of them. */
export function warnOfRuntime() {
  if (state.warned || otherRuntime === undefined) return;
  quietRuntime();
  const { name, version, gaps } = otherRuntime;
  warn(`onescope does not fully work in ${name} ${version}: ${gaps.join("; ")}. Run the program in Node to use these`);
}

/** Suppresses the warning, for callers that print the same themselves. */
export function quietRuntime() {
  state.warned = true;
  // Threads that start from here on inherit it.
  threads?.setEnvironmentData(WARNED, true);
}
