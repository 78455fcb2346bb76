import { clean, cut, duration } from "../text.js";
import { slowTable } from "./slow.js";
import { table } from "./table.js";

/** @import { Snapshot, Stall, Suspect, Thread } from "./fetch.js" */

/** @typedef {{ text: string, style?: "bold" | "red" | undefined }} Line clean text of one line */

const COUNTED = ["created", "closed", "abandoned"];

/**
 * @param {Snapshot} snapshot
 * @param {{ url: URL, width: number, height: number, problem?: string | undefined }} room `height` in lines: rows of the
 *   table that do not fit are counted; `problem` is why there is no newer snapshot
 * @returns {Line[]} none wider than `width`
 */
export function view(snapshot, { url, width, height, problem }) {
  const { pid, now, total, inFlight, stalls, slow } = snapshot;
  const marks = marksOf(snapshot);
  const stall = stalls.findLast((each) => each.onescope === "stall");
  /** @type {Line[]} */
  const head = [
    ...(problem === undefined ? [] : [problemLine(problem)]),
    { text: `onescope top  ${url.href}  pid ${pid}  ${clean(now)}`, style: "bold" },
    ...threadLines(snapshot),
    { text: totals(snapshot) },
    ...(stall === undefined ? [{ text: "no stalls reported" }] : stallLines(stall, now)),
    ...(marks.size === 0 ? [] : [{ text: legend(marks) }]),
    { text: "" },
  ];
  const rows = slow === undefined ? table(inFlight, marks, width) : slowTable(slow, width);
  const fitting = rows.length <= height - head.length ? rows : rows.slice(0, Math.max(2, height - head.length - 1));
  const more = (slow === undefined ? total + 1 : rows.length) - fitting.length;
  const foot = more > 0 ? [{ text: `… and ${more} more` }] : [];
  return [...head.map(({ text, style }) => ({ text: cut(text, width), style })), ...fitting, ...foot];
}

/**
 * @param {string} problem
 * @returns {Line}
 */
export function problemLine(problem) {
  return { text: clean(problem), style: "red" };
}

/**
 * @param {Snapshot} snapshot
 * @returns {Line[]}
 */
function threadLines({ threads }) {
  const all = threads.filter(isBlocked);
  const text = threads.length === 1 ? "1 thread" : `${threads.length} threads`;
  return [
    { text: `${text}, ${all.length === 0 ? "none" : all.length} blocked` },
    ...all.map(({ thread, blockedMs, suspect }) => ({
      text: `${blocked(thread, blockedMs)}${suspect ? `: ${cause(suspect)}` : " (cause unknown)"}`,
      style: /** @type {const} */ ("red"),
    })),
  ];
}

/**
 * @param {Snapshot} snapshot
 * @returns {Map<number, ">" | "?">} by `id` of the requests that block a thread: ">" if confirmed, "?" if it is only the
 *   last one that the thread entered
 */
function marksOf({ threads }) {
  const suspects = threads.filter(isBlocked).flatMap(({ suspect }) => suspect ?? []);
  return new Map(suspects.flatMap(({ request, confidence }) => (request ? [[request.id, markOf(confidence)]] : [])));
}

/** @param {Suspect["confidence"]} confidence */
function markOf(confidence) {
  return confidence === "last-seen" ? "?" : ">";
}

/** @param {Thread} thread */
function isBlocked({ blockedMs }) {
  return typeof blockedMs === "number" && blockedMs > 0;
}

/** @param {Snapshot} snapshot */
function totals({ total, counters }) {
  const counted = COUNTED.filter((name) => typeof counters[name] === "number");
  return [`${total} in flight`, ...counted.map((name) => `${counters[name]} ${name}`)].join(", ");
}

/**
 * @param {Extract<Stall, { onescope: "stall" }>} stall
 * @param {string} now
 * @returns {Line[]}
 */
function stallLines({ thread, blockedMs, request, call, confidence, stack, at }, now) {
  const ago = duration(Math.max(0, Date.parse(now) - Date.parse(at)));
  const [innermost] = stack;
  return [
    { text: `last stall ${ago} ago: ${blocked(thread, blockedMs)}: ${cause({ request, call, confidence })}` },
    ...(innermost === undefined ? [] : [{ text: `  at ${clean(innermost)}` }]),
  ];
}

/**
 * @param {number} thread
 * @param {number | null} ms
 */
function blocked(thread, ms) {
  return `thread ${thread} blocked for ${duration(ms)}`;
}

/** @param {Suspect} suspect */
function cause({ request, call, confidence }) {
  const label = request === null ? "unknown request" : clean(request.label);
  return `${label}${call === null ? "" : ` in ${clean(call)}`} (${clean(confidence)})`;
}

/** @param {Map<number, ">" | "?">} marks */
function legend(marks) {
  const kinds = new Set(marks.values());
  return [
    ...(kinds.has(">") ? ["> blocks its thread"] : []),
    ...(kinds.has("?") ? ["? may block its thread (entered last)"] : []),
  ].join("; ");
}
