import { byId, duration, element, keep, setText } from "./dom.js";

// The table of requests in flight, and the line that names blocked threads.

/** How sure it is that a request blocks its thread. */
const CONFIDENCE = {
  exact: "confirmed by the thread",
  "in-call": "in a blocking call",
  "last-seen": "entered last, not confirmed",
};

/** Age from which it is worth saying that nothing is known of what a request waits for. */
const LONG_MS = 1000;

/** @type {Map<string, Element>} rows by id of the request */
const rows = new Map();

/** @param {any} response of `/in-flight` */
export function showRequests({ total, inFlight, threads }) {
  const blocked = threads.filter((/** @type {any} */ each) => each.blockedMs > 0);
  const blocking = new Map(
    blocked.map((/** @type {any} */ each) => [
      each.suspect?.request?.id,
      `blocks thread ${each.thread} for ${duration(each.blockedMs)}`,
    ]),
  );
  const listed = inFlight.length < total ? `: ${inFlight.length} of ${total}` : `: ${total}`;
  setText(byId("requests-caption"), `Requests and tasks in flight, oldest first${listed}`);
  keep(byId("requests"), rows, inFlight, {
    key: ({ id }) => String(id),
    make: makeRow,
    update: (row, item) => updateRow(row, item, blocking.get(item.id)),
  });
  showBlocked(blocked);
}

function makeRow() {
  const name = element("th", { scope: "row" }, element("span"), element("span", { class: "mark" }));
  const cells = ["number", "", "number", "", "number", ""].map((kind) => element("td", kind ? { class: kind } : {}));
  return element("tr", {}, name, ...cells);
}

/**
 * @param {HTMLTableRowElement} row
 * @param {any} item
 * @param {string | undefined} mark the thread that it blocks
 */
function updateRow(row, item, mark) {
  row.classList.toggle("blocking", mark !== undefined);
  const [label, note] = row.cells[0].children;
  setText(label, item.label || item.kind);
  note.className = mark === undefined ? "wait" : "mark";
  setText(note, mark ?? waitOf(item));
  const texts = [
    duration(item.ageMs),
    item.state,
    duration(item.idleMs),
    item.kind,
    item.thread,
    item.flags.join(", "),
  ];
  for (const [index, text] of texts.entries()) setText(row.cells[index + 1], String(text));
}

/** @param {any} item */
function waitOf({ waiting, ageMs, state }) {
  if (waiting) return `waiting ${duration(waiting.ms)}: ${waiting.label}`;
  return ageMs >= LONG_MS && state === "active" ? "waiting for nothing known" : "";
}

/**
 * Screen readers read it out when it changes, so it shows no running time.
 *
 * @param {any[]} blocked threads
 */
function showBlocked(blocked) {
  const line = byId("blocked");
  const texts = blocked.filter(({ blockedMs }) => blockedMs >= 500).map(describe);
  line.hidden = texts.length === 0;
  setText(line, texts.join(" "));
}

/** @param {any} thread */
function describe({ thread, suspect }) {
  if (suspect === null) return `Thread ${thread} blocked (cause unknown).`;
  const { request, call, confidence } = suspect;
  const cause = request === null ? "code outside requests" : request.label || "a request without a label";
  const inCall = call === null ? "" : ` in ${call}`;
  return `Thread ${thread} blocked by ${cause}${inCall} (${CONFIDENCE[/** @type {keyof typeof CONFIDENCE} */ (confidence)]}).`;
}
