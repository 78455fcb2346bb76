import { clean, columns, commandOf, duration } from "../text.js";

/** @import { InspectedProcess } from "./inspect.js" */

/**
 * @param {InspectedProcess[]} processes
 * @returns {string[]} lines
 */
export function processTable(processes) {
  const rows = processes.map((each) => {
    const { pid, port, inFlight, problem } = each;
    const count = inFlight === null ? "-" : String(inFlight);
    return [
      String(pid),
      commandOf(each),
      port === null ? "-" : String(port),
      count,
      problem ? clean(problem) : blocked(each),
    ];
  });
  return columns([["PID", "COMMAND", "PORT", "IN FLIGHT", "BLOCKED"], ...rows], [0, 2, 3]);
}

/** @param {InspectedProcess} process */
function blocked({ blocked }) {
  if (blocked === null) return "- (no diagnostics server)";
  if (blocked.length === 0) return "no";
  return blocked.map(({ thread, blockedMs }) => `thread ${thread} for ${duration(blockedMs)}`).join(", ");
}
