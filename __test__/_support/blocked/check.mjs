/** Blocks must outlast the threshold by this, to be seen whatever the delay. */
const LEAST_MS = 100;

/** A thread has a heartbeat every 50 ms: if the last was this long before the block, the thread was kept from running. */
const LAG_MS = 100;

/** A report shows the thread as it was up to this long before it came. */
const MADE_MS = 100;

/**
 * @typedef {object} CaseResult
 * @property {string} confidence best one that a report of the stall had; `none` without a report
 * @property {number | null} delayMs from the threshold to the report that first named the request, by the heartbeat
 * @property {string[]} problems what is wrong; empty if all is well
 * @property {boolean} [again] it was played again, because the machine was busy
 * @property {boolean} retryable what is wrong may be the machine's doing: it was short of processor, or the block took far
 *   less time than was measured before
 */

/**
 * @param {Array<{ line: any, arrived: number }>} lines in the order of their arrival
 * @param {{ thresholdMs: number, culprits: number, forever: boolean, when: string, sure: boolean, thread: number }} expected
 *   `sure`: no guess will do; `thread`: the one that serves, as reports number it
 * @returns {CaseResult}
 */
export function checkReports(lines, { thresholdMs, culprits, forever, when, sure: mustBeSure, thread }) {
  const blocks = blocksOf(lines);
  /** @type {string[]} */
  const problems = [];
  if (blocks.length !== culprits) problems.push(`${blocks.length} requests blocked instead of ${culprits}`);
  const short = blocks.find(({ start, end }) => end - start < thresholdMs + LEAST_MS);
  if (short !== undefined) problems.push(`blocked for ${short.end - short.start} ms only`);
  const stalls = lines.filter(({ line }) => line.onescope === "stall" && line.thread === thread);
  let retryable = short !== undefined;
  for (const { line, arrived } of stalls) {
    if (line.confidence === "last-seen") continue;
    const begun = blocks.filter(({ start }) => start <= arrived);
    // If none is on any more, the thread has had no heartbeat since the last one.
    const recent = begun.filter(({ end }) => end >= arrived - MADE_MS);
    const blocking = recent.length > 0 ? recent : begun.slice(-1);
    if (!blocking.some(({ id }) => id === line.request?.id))
      problems.push(`wrong, ${blocking.map(({ id }) => id).join(" or ")} blocked: ${JSON.stringify(line)}`);
  }
  /** @type {Array<{ confidence: string, delayMs: number | null }>} */
  const found = [];
  for (const [place, block] of blocks.entries()) {
    const own = stalls.filter((stall) => blockOf(blocks, stall) === block);
    const sure = own.filter(({ line }) => line.confidence !== "last-seen");
    // Right behind another one the second has no threshold of its own, only the lines at doubling intervals.
    if (when === "two at once" && place === 1) continue;
    const [first] = own;
    if (first !== undefined && block.start - (first.arrived - first.line.blockedMs) > LAG_MS) retryable = true;
    const confidence = ["exact", "in-call", "last-seen"].find((each) =>
      own.some(({ line }) => line.confidence === each),
    );
    found.push({
      confidence: confidence ?? "none",
      delayMs: sure.length > 0 ? sure[0].line.blockedMs - thresholdMs : null,
    });
    if (own.length === 0) problems.push(`no report of ${block.id}`);
    else if (mustBeSure && sure.length === 0) problems.push(`only a guess: ${JSON.stringify(own[0].line)}`);
    if (sure.length === 0) continue;
    if (sure[0].arrived > block.end) problems.push("named only after the block");
  }
  if (!forever && !lines.some(({ line }) => line.onescope === "recovered"))
    problems.push("no report that it recovered");
  return { ...worst(found), problems, retryable };
}

/**
 * @param {Array<{ line: any, arrived: number }>} lines
 * @param {{ thresholdMs: number }} expected
 * @returns {CaseResult} `confidence` is what the reports gave, `problems` is always empty
 */
export function checkPeer(lines, { thresholdMs }) {
  const blocks = blocksOf(lines);
  const found = blocks.map((block) => {
    const report = lines.find(
      ({ line, arrived }) => line.peer === "stall" && arrived >= block.start && arrived <= block.end + 50,
    );
    if (report === undefined) return { confidence: "nothing", delayMs: null };
    const { id, stack, blockedMs } = report.line;
    const named = id === null ? "" : id === block.id ? "request" : "wrong request";
    const shown = stack > 0 ? "stack" : "";
    return { confidence: [named, shown].filter(Boolean).join(" + ") || "nothing", delayMs: blockedMs - thresholdMs };
  });
  return { ...worst(found), problems: [], retryable: false };
}

/** From worst to best. */
const ORDER = [
  "none",
  "nothing",
  "wrong request",
  "wrong request + stack",
  "last-seen",
  "stack",
  "request",
  "in-call",
  "request + stack",
  "exact",
];

/** @param {Array<{ confidence: string, delayMs: number | null }>} found of each culprit */
function worst(found) {
  const order = found.map(({ confidence }) => ORDER.indexOf(confidence));
  const delays = found.flatMap(({ delayMs }) => (delayMs === null ? [] : [delayMs]));
  return {
    confidence: ORDER[Math.min(ORDER.length - 1, ...order)],
    delayMs: delays.length > 0 ? Math.max(...delays) : null,
  };
}

/**
 * @param {Array<{ line: any }>} lines
 * @returns {Array<{ id: number, start: number, end: number }>}
 */
function blocksOf(lines) {
  return lines
    .filter(({ line }) => line.blocks !== undefined)
    .map(({ line: { blocks: id, at: start } }) => {
      const end = lines.find(({ line }) => line.unblocked === id)?.line.at ?? Number.POSITIVE_INFINITY;
      return { id, start, end };
    });
}

/**
 * The block that a report is about: the last one that had begun when it came. One that came within a moment of the next
 * block's begin was made before it.
 *
 * @param {Array<{ id: number, start: number, end: number }>} blocks
 * @param {{ arrived: number }} report
 */
function blockOf(blocks, { arrived }) {
  return blocks.findLast(({ start }) => arrived > start + 20) ?? blocks[0];
}
