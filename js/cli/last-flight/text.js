import { clean } from "../../util/safe-text.js";
import { duration, pad, row, waitOf, widthOf } from "../text.js";

/** How late the next report of a stall may be: it waits up to 0.5 s for the stack, and the machine may be busy. */
const LATE_MS = 1000;

/** @import { Flight, FlightRequest } from "../../store/native/contract.js" */

/**
 * @param {import("./choose.js").Found} found
 * @returns {string} for people
 */
export function toText({ file, live, flight }) {
  const { pid, node, onescope, startedAtMs, lastAliveAtMs, inFlight, threads, stalls, mayBeMissing } = flight;
  const lines = [
    row("file", live.length === 0 ? file : `${file}; still recording: ${live.join(", ")}`),
    row("process", `${pid}, Node ${node}, onescope ${onescope}`),
    row("started", isoTime(startedAtMs)),
    row("last alive", `${isoTime(lastAliveAtMs)}, ${duration(lastAliveAtMs - startedAtMs)} after the start`),
    row("ended", ending(flight)),
    "",
    inFlight.length > 0 || mayBeMissing ? `in flight: ${inFlight.length || "none found"}` : "nothing in flight",
    ...table(inFlight),
    ...losses(flight),
    "",
    "threads",
    ...threads.flatMap((thread) => [...aboutThread(thread), ...aboutBlock(flight, thread.id)]),
  ];
  if (stalls.length > 0) lines.push("", "last stall reports", ...stalls.map(aboutStall));
  lines.push("", "counters", ...aboutCounters(flight));
  // The file may be damaged or forged: its text must not control the terminal.
  return lines.map(clean).join("\n");
}

/** @param {number} ms since 1970 */
export function isoTime(ms) {
  return new Date(ms).toISOString();
}

/** @param {Flight} flight */
function ending({ running, ending, signal, handledSignal }) {
  const after = handledSignal === null ? "" : `, after ${handledSignal} was handled`;
  if (signal !== null) return `by ${signal}${signal === "SIGABRT" ? " (abort or out of memory)" : ""}${after}`;
  if (ending === null) return running ? "still running" : `killed or crashed${after}`;
  const { how, code, error, message } = ending;
  if (how === "stopped") return "by stop()";
  if (how === "execve") return `by process.execve: replaced by another program${after}`;
  const exit = code === null ? "exit" : `exit with code ${code}`;
  const uncaught = message === null ? error : `${error}: ${message}`;
  return (how === "error" ? `${exit}, after an uncaught ${uncaught}` : exit) + after + (running ? ", just now" : "");
}

/** @param {{ label: string, kind: string }} request */
function nameOf({ label, kind }) {
  return label || `(${kind})`;
}

/** @param {Flight["inFlight"]} list oldest first */
function table(list) {
  const rows = list.map((each) => [
    duration(each.ageMs),
    each.state,
    clean(nameOf(each)),
    each.kind,
    `thread ${each.thread}`,
    `id ${each.id}`,
    each.parent === null ? "" : `in ${each.parent}`,
    waitOf(each),
  ]);
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((cells) => widthOf(cells[column]))));
  return rows.map((cells) => `  ${cells.map((text, column) => pad(text, widths[column])).join("  ")}`.trimEnd());
}

/** @param {Flight} flight */
function losses({ unrecorded, corrupt, mayBeMissing, pagesUsed, pagesCapacity }) {
  const lines = [];
  if (unrecorded === null) lines.push("  may be missing: contexts outside the recording; its totals are damaged");
  else if (mayBeMissing && unrecorded.pages > 0) {
    const { pages, inFlight } = unrecorded;
    const uncopied = inFlight > 0 ? `; ${inFlight} contexts did not fit into the file` : "";
    lines.push(
      `  may be missing: ${pages} pages of contexts were outside the recording, copied up to 50 ms before the end${uncopied}`,
    );
  } else if (mayBeMissing && pagesUsed >= pagesCapacity) {
    lines.push(`  may be missing: all ${pagesCapacity} pages of the recording were in use; later ones are not in it`);
  }
  if (unrecorded !== null && unrecorded.threads > 0) {
    lines.push(`  ${unrecorded.threads} threads are not in the file`);
  }
  const { pages, records } = corrupt;
  if (pages + records > 0) lines.push(`  omitted as corrupt: ${records} contexts, ${pages} pages`);
  return lines;
}

/** @param {FlightRequest} request */
function aboutRequest(request) {
  return `${nameOf(request)} (id ${request.id}, ${request.state}, ${duration(request.ageMs)} old)`;
}

/** @param {Flight["threads"][number]} thread */
function aboutThread({ id, lastEntered, call }) {
  const entered = lastEntered === null ? "no context in the file" : aboutRequest(lastEntered);
  const lines = [`  ${id}  entered last: ${entered}`];
  if (call !== null) {
    const request = call.request === null ? "" : `, called by ${aboutRequest(call.request)}`;
    lines.push(`     was in ${call.name} for ${duration(call.forMs)}${request}`);
  }
  return lines;
}

/**
 * @param {Flight} flight
 * @param {number} id of a thread
 * @returns {string[]} that it was blocked at the end, if its stall reports say so
 */
function aboutBlock({ stalls, corrupt, lastAliveAtMs, running }, id) {
  const last = stalls.findLast(({ report }) => report.thread === id);
  if (last === undefined || last.report.onescope !== "stall" || corrupt.stalls > 0) return [];
  const { blockedMs } = last.report;
  // Reports follow at twice the time: without a next one the watch ended or was paused, and would not have reported a recovery.
  if (lastAliveAtMs - last.atMs > blockedMs + LATE_MS) return [];
  const verb = running ? "is" : "was";
  return [`     ${verb} blocked, for at least ${duration(blockedMs)}: its last stall report has no recovery`];
}

/** @param {Flight["stalls"][number]} stall */
function aboutStall({ atMs, report }) {
  const who = report.request === null ? "" : `, ${report.request.label}`;
  const start = `  ${isoTime(atMs)}  thread ${report.thread}`;
  if (report.onescope !== "stall") return `${start} ${report.onescope} after ${duration(report.blockedMs)}${who}`;
  const { confidence, call, stack } = report;
  const where = [call, stack[0]].filter((part) => typeof part === "string").map((part) => ` in ${part}`);
  return `${start} blocked for ${duration(report.blockedMs)}${who}${where.join("")} (${confidence})`;
}

/** @param {Flight} flight */
function aboutCounters({ counters, countersAgeMs, pagesUsed, pagesCapacity }) {
  const pages = `  pages in the file: ${pagesUsed} of ${pagesCapacity}`;
  if (counters === null) return ["  unreadable", pages];
  const { created, children, closed, abandoned, inFlight } = counters;
  return [
    `  ${created} created, ${closed} closed, ${abandoned} abandoned, ${inFlight} in flight, ${children} child contexts; ${duration(countersAgeMs ?? 0)} before the end`,
    pages,
  ];
}
