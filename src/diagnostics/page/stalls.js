import { byId, duration, element, keep, setText, timeOfDay } from "./dom.js";

// The last reports of the watchdog, newest first.

/** @type {Map<string, Element>} by time and thread */
const entries = new Map();

/** @param {any} response of `/stalls` */
export function showStalls({ watching, inspector, stalls }) {
  const none = stalls.length === 0 ? "No stalls reported." : "";
  const off = "The watchdog is off: call watch() of onescope/inspect to report stalls with their stacks.";
  const debug = "A debugger is connected: stalls are not reported until it disconnects.";
  const connected = inspector?.debugger === "connected";
  setText(byId("stalls-note"), connected ? debug : watching ? none : off);
  keep(byId("stalls"), entries, stalls.toReversed(), { key: keyOf, make: makeEntry });
}

/** @param {any} report */
const keyOf = ({ at, thread, onescope, blockedMs }) => `${at} ${thread} ${onescope} ${blockedMs}`;

/** @param {any} report */
function makeEntry(report) {
  const time = element("time", { datetime: report.at }, timeOfDay(report.at));
  const entry = element("li", {}, time, ` ${describe(report)}`);
  if (report.stack?.length > 0) entry.append(element("pre", {}, report.stack.join("\n")));
  return entry;
}

/** @param {any} report */
function describe({ onescope, thread, blockedMs, request, call, confidence, waiting }) {
  const name = request === null ? "unknown request" : request.label;
  const time = duration(blockedMs);
  if (onescope === "recovered") return `Thread ${thread} recovered after ${time}: ${name}`;
  if (onescope === "ended") return `Thread ${thread} ended after it was blocked for ${time}: ${name}`;
  const inCall = call === null ? "" : `, in ${call}`;
  const others = `${waiting} other ${waiting === 1 ? "request" : "requests"} waiting`;
  return `Thread ${thread} blocked for ${time}: ${name} (${confidence}${inCall}); ${others}`;
}
