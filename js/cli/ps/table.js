import { clean, duration, pad, widthOf } from "../text.js";

/** @import { ListedProcess } from "../../ps/processes.js" */
/** @import { InspectedProcess } from "./inspect.js" */

const GAP = "  ";

/** Columns of a command that are shown at most, so that what follows it stays in view. */
const MOST_OF_COMMAND = 40;

/**
 * @param {string[][]} rows clean text; the first is the heading
 * @param {number[]} right columns that are aligned at the right
 * @returns {string[]} lines
 */
export function columns(rows, right = []) {
  const widths = rows[0].map((_, at) => Math.max(...rows.map((row) => widthOf(row[at]))));
  return rows.map((row) =>
    row
      .map((cell, at) => pad(cell, widths[at], right.includes(at)))
      .join(GAP)
      .trimEnd(),
  );
}

/** @param {Pick<ListedProcess, "command">} process */
export function commandOf({ command }) {
  const text = clean(command);
  return pad(text, Math.min(MOST_OF_COMMAND, widthOf(text)));
}

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
  return blocked.map(({ thread, blockedMs }) => `thread ${Number(thread)} for ${duration(blockedMs)}`).join(", ");
}
