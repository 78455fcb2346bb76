import { listProcesses } from "../ps/processes.js";
import { escapeJson } from "../util/safe-text.js";
import { inspectProcess } from "./ps/inspect.js";
import { processTable } from "./ps/table.js";

export const summary = "lists the processes of this machine that run onescope";

export const help = `usage: onescope ps [--json]

Lists this user's processes on this machine that run serve() or record() of onescope/inspect, or onescope/auto: process id, command,
port of the diagnostics server, number of requests in flight, and for how long threads have been blocked. The last two come from
the diagnostics server of each process; a process that does not respond is listed with the cause.

  --json   print JSON
  --help`;

/** @type {import("node:util").ParseArgsOptionsConfig} */
export const options = { json: { type: "boolean" } };

/** @param {{ json?: boolean }} values */
export async function run({ json }) {
  const running = listProcesses().filter((each) => each.running && (each.url !== undefined || !each.stopped));
  const inspected = await Promise.all(running.map(inspectProcess));
  if (json) console.log(escapeJson(JSON.stringify(inspected, null, 2)));
  else if (inspected.length > 0) console.log(processTable(inspected).join("\n"));
  else console.error("no process of this user runs serve() or record() of onescope/inspect, or onescope/auto");
  return 0;
}
