import { byId, duration, element, keep, setText } from "./dom.js";

// The table of what is in flight, and the line that says which thread is stuck in what.

/** How sure it is that a request blocks its thread. */
const SURE = {
  exact: "the thread says so",
  stamped: "it made the call that blocks",
  "last-seen": "entered last, so perhaps",
};

/** @type {Map<string, Element>} rows by number of the request */
const rows = new Map();

/** @param {any} list what `/in-flight` answers */
export function showRequests({ total, inFlight, threads }) {
  const stuck = threads.filter((/** @type {any} */ each) => each.blockedMs > 0);
  const blocking = new Map(
    stuck.map((/** @type {any} */ each) => [
      each.suspect?.request?.seq,
      `blocks thread ${each.thread} for ${duration(each.blockedMs)}`,
    ]),
  );
  const listed = inFlight.length < total ? `: the oldest ${inFlight.length} of ${total}` : `: ${total}`;
  setText(byId("requests-caption"), `Requests and other work that are not over, oldest first${listed}`);
  keep(byId("requests"), rows, inFlight, {
    key: ({ seq }) => String(seq),
    make: makeRow,
    update: (row, item) => updateRow(row, item, blocking.get(item.seq)),
  });
  showStuck(stuck);
}

function makeRow() {
  const name = element("th", { scope: "row" }, element("span"), element("span", { class: "mark" }));
  const cells = ["number", "", "number", "", "number", ""].map((kind) => element("td", kind ? { class: kind } : {}));
  return element("tr", {}, name, ...cells);
}

/**
 * @param {HTMLTableRowElement} row
 * @param {any} item
 * @param {string | undefined} mark what it blocks
 */
function updateRow(row, item, mark) {
  row.classList.toggle("blocking", mark !== undefined);
  const [label, note] = row.cells[0].children;
  setText(label, item.label || item.kind);
  setText(note, mark ?? "");
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

/**
 * Is read out when it changes, so it has no time that runs.
 *
 * @param {any[]} stuck threads
 */
function showStuck(stuck) {
  const line = byId("stuck");
  const texts = stuck.filter(({ blockedMs }) => blockedMs >= 500).map(describe);
  line.hidden = texts.length === 0;
  setText(line, texts.join(" "));
}

/** @param {any} thread */
function describe({ thread, suspect }) {
  if (suspect === null) return `Thread ${thread} is stuck outside any request that is known.`;
  const { request, call, confidence } = suspect;
  const who = request === null ? "Something outside any request" : request.label || "A request without a label";
  const how = call === null ? "" : ` in ${call}`;
  return `${who} blocks thread ${thread}${how} (${SURE[/** @type {keyof typeof SURE} */ (confidence)]}).`;
}
