import { KINDS, LAYOUT, STATES } from "../generated/slot-table.js";
import { shared } from "../util/shared.js";
import { warn } from "../util/warn.js";
import { backend } from "./backend.js";
import { hooks } from "./hooks.js";
import { BORROWED_LABEL, readLabel, writeLabel } from "./label.js";
import { currentTracked } from "./tracked.js";

/** @import { Block } from "./native/contract.js" */

// A context takes its record when it is first entered, or when a native value is set to something else than it has: contexts that
// are only read cost no memory of the store, nor do most child contexts while nothing looks at them. Records come from the page that this
// JavaScript thread fills; the backend is called once a page. Every context holds the views of its page, so the page lives
// exactly as long as the last context in it.

/** @typedef {{ $words: Int32Array, $bytes: Uint8Array, $base: number }} RecordRef where a record begins, in words of its page */
/**
 * `$group` is a request context's: of the root and its child contexts.
 *
 * @typedef {RecordRef & { $kind: number, $sentinel?: object, $group?: { root: RecordOwner } }} RecordOwner
 */

const CREATED = STATES.indexOf("created");
const ACTIVE = STATES.indexOf("active");
const RESPONDED = STATES.indexOf("responded");
const CLOSED = STATES.indexOf("closed");
const REGENERATION = KINDS.indexOf("regeneration");
const { block: BLOCK, recordWords, pageRecords, header, words: WORD, bytes: BYTE } = LAYOUT;

/** The kind of a context whose kind is not known. */
export const OTHER = KINDS.indexOf("other");

/** The kind of a context that belongs to no request. Its record is a small array outside the store. */
export const DETACHED = -1;

const page = shared("page", () => ({
  words: new Int32Array(0),
  bytes: new Uint8Array(0),
  /** next free record; the first page is taken with the first record */
  cursor: /** @type {number} */ (pageRecords),
  /** the backend had no page, and the warning was given */
  failed: false,
  /** the thread's number in the store; -1 while it is not attached */
  thread: -1,
  /** the thread's block: a coarse clock that the backend keeps current, and this thread's heartbeat and entry markers */
  block: /** @type {Block} */ (new Int32Array(BLOCK.words)),
}));

function nextPage() {
  const buffer = allocatePage();
  page.words = new Int32Array(buffer);
  page.bytes = new Uint8Array(buffer);
  page.cursor = 1;
}

/**
 * Requests continue when the store has no memory left: their records are then outside it.
 *
 * @returns {ArrayBuffer}
 */
function allocatePage() {
  try {
    threadBlock();
    return backend.allocatePage();
  } catch (error) {
    if (!page.failed) warn(`onescope can no longer show requests: ${error}`);
    page.failed = true;
    return new ArrayBuffer(LAYOUT.pageBytes);
  }
}

/**
 * The block of this JavaScript thread, by `LAYOUT.block`. The thread is attached to the store if it is not yet.
 *
 * @throws what the backend throws where there is no memory for it
 */
export function threadBlock() {
  if (page.thread >= 0) return page.block;
  const { id, block, clock } = backend.attachThread();
  page.block = clock ?? new Int32Array(/** @type {ArrayBuffer} */ (block));
  page.thread = id;
  hooks.attached?.(backend);
  return page.block;
}

/**
 * Moves this thread's block to where it belongs since a recording started or stopped, with the thread's next contexts. The old
 * block must not be used any more.
 *
 * @throws what the backend throws where there is no memory for it
 */
export function moveThread() {
  threadBlock();
  const block = backend.recorder?.moveThread() ?? null;
  if (block === null) return;
  page.block = new Int32Array(block);
  page.cursor = pageRecords;
}

/** The number of this JavaScript thread in the store; -1 while it is not attached. */
export function threadNumber() {
  return page.thread;
}

/**
 * Whether every child context gets a record when it is made: `onescope/inspect` and other threads show it, and fields of
 * registered slots are nowhere else.
 */
export const childRecords = shared("childRecords", () => ({ wanted: false }));

/** Words of a record that hold fields. */
export const FIELD_WORDS = { from: BYTE.fields / 4, to: WORD.counters + LAYOUT.counterCount };

/**
 * Gives a context without a record its record: that of the current HTTP request if no context has it yet, else one of its
 * own.
 *
 * @param {RecordOwner} context
 */
export function takeRecord(context) {
  const root = context.$group?.root;
  if (root !== undefined && root !== context) {
    const { $words: borrowed } = context;
    takeChildRecord(context, root);
    for (let word = FIELD_WORDS.from; word < FIELD_WORDS.to; word++)
      context.$words[context.$base + word] = borrowed[word];
    return;
  }
  if (context.$kind === DETACHED) return takePrivateRecord(context);
  const outer = currentTracked();
  if (outer === undefined) takeNewRecord(context);
  // No client waits for a regeneration, and it outlives the request that found the page stale.
  else if (outer.joinable && context.$kind !== REGENERATION) join(context, outer);
  else takeNestedRecord(context, outer);
}

/**
 * @param {RecordOwner} context
 * @param {import("./tracked.js").Tracked} request
 */
function join(context, request) {
  request.joinable = false;
  request.context = /** @type {import("../request/request-context.js").Context} */ (context);
  const { $words, $bytes, $base } = request;
  $bytes[($base << 2) + BYTE.kind] = context.$kind;
  context.$words = $words;
  context.$bytes = $bytes;
  context.$base = $base;
}

/**
 * Gives a context its own record that names another as its parent and has that one's label. Unlike a child context it
 * closes by itself.
 *
 * @param {RecordOwner} context
 * @param {RecordOwner} parent has a record
 */
export function takeNestedRecord(context, parent) {
  takeNewRecord(context);
  writeParent(context, parent);
  context.$words[header.nested]++;
  const at = context.$base << 2;
  const from = parent.$base << 2;
  context.$bytes[at + BYTE.inner] = BORROWED_LABEL;
  writeLabel(context, parent.$words, parent.$base + WORD.label, parent.$bytes[from + BYTE.labelLength]);
}

/**
 * Gives a context its own record, as a request.
 *
 * @param {RecordOwner} context
 * @param {number} [head] what its first word says besides the kind
 */
export function takeNewRecord(context, head = CREATED) {
  if (page.cursor === pageRecords) nextPage();
  const { words, bytes } = page;
  const base = page.cursor * recordWords;
  words[header.cursor] = ++page.cursor;
  words[base] = head | (context.$kind << (8 * BYTE.kind));
  const { block } = page;
  words[base + WORD.started] = words[base + WORD.touched] = block[BLOCK.clock];
  block[BLOCK.seenLow] = words[header.idLow] + base / recordWords;
  block[BLOCK.seenHigh] = words[header.idHigh];
  context.$words = words;
  context.$bytes = bytes;
  context.$base = base;
}

/**
 * Gives outgoing work its record, in the context that waits for it. It is not entered: what this thread entered last stays.
 *
 * @param {RecordOwner} work
 * @param {RecordOwner} parent
 */
export function takeOutgoingRecord(work, parent) {
  if (parent.$base === 0) takeRecord(parent);
  const { block } = page;
  const low = block[BLOCK.seenLow];
  const high = block[BLOCK.seenHigh];
  takeNewRecord(work, ACTIVE);
  block[BLOCK.seenLow] = low;
  block[BLOCK.seenHigh] = high;
  writeParent(work, parent);
  work.$words[header.nested]++;
  backend.outgoingBegan(work.$words);
}

/** @param {RecordOwner} context */
function takePrivateRecord(context) {
  context.$words = new Int32Array(2 * recordWords);
  context.$bytes = new Uint8Array(context.$words.buffer);
  context.$base = recordWords;
}

/**
 * Gives a context its record, as a child of another context.
 *
 * @param {RecordOwner} context
 * @param {RecordOwner} parent
 */
export function takeChildRecord(context, parent) {
  if (parent.$base === 0) takeRecord(parent);
  if (context.$kind === DETACHED) return takePrivateRecord(context);
  takeNewRecord(context);
  writeParent(context, parent);
  // The call that makes a child context also enters it.
  context.$bytes[context.$base << 2] = ACTIVE;
  backend.childCreated(context.$words);
}

/**
 * @param {RecordOwner} context
 * @param {RecordOwner} parent
 */
function writeParent({ $words: words, $base: base }, parent) {
  // A page's first id is a multiple of its records, so adding the record's index never carries.
  words[base + WORD.parentLow] = parent.$words[header.idLow] + parent.$base / recordWords;
  words[base + WORD.parentHigh] = parent.$words[header.idHigh];
}

/**
 * The id of a context, never reused within the process.
 *
 * @param {RecordOwner} context
 * @returns {number | undefined} `undefined` for a context that has no record in the store
 */
export function idOf(context) {
  if (context.$kind === DETACHED || context.$base === 0) return undefined;
  const { $words: words, $base: base } = context;
  return (words[header.idHigh] >>> 0) * 2 ** 32 + (words[header.idLow] >>> 0) + base / recordWords;
}

/**
 * Writes the time at which a context was last entered, its state if it is the first time, and the thread's entry marker: the id
 * of the context that this thread entered last. Its time does not change once it has responded: what runs later does not
 * count to its latency.
 *
 * @param {RecordOwner} context
 */
export function touch(context) {
  if (context.$base === 0) takeRecord(context);
  const { $words: words, $base: base } = context;
  const at = base << 2;
  const state = context.$bytes[at];
  const { block } = page;
  if (state < RESPONDED) {
    if (state === CREATED) context.$bytes[at] = ACTIVE;
    words[base + WORD.touched] = block[BLOCK.clock];
  }
  // A page's first id is a multiple of its records, so adding the record's index never carries.
  block[BLOCK.seenLow] = words[header.idLow] + base / recordWords;
  block[BLOCK.seenHigh] = words[header.idHigh];
}

/**
 * Writes a context's id into the thread's block as that of the blocking call which begins now.
 *
 * @param {RecordOwner | undefined} context `undefined` outside every context; one that belongs to no request counts as none
 * @param {Block} block
 */
export function markCall(context, block) {
  if (context === undefined || context.$kind === DETACHED) {
    block[BLOCK.callLow] = block[BLOCK.callHigh] = 0;
    return;
  }
  if (context.$base === 0) takeRecord(context);
  const { $words: words, $base: base } = context;
  block[BLOCK.callLow] = words[header.idLow] + base / recordWords;
  block[BLOCK.callHigh] = words[header.idHigh];
}

/**
 * Moves the state of a context forward; it never goes back. Its time is that of its response, or of its close where it
 * has none. See `close` for the last state.
 *
 * @param {RecordOwner} context
 * @param {number} state code of `STATES`
 */
export function advance(context, state) {
  if (context.$base === 0) takeRecord(context);
  const at = context.$base << 2;
  const before = context.$bytes[at];
  if (before >= state) return;
  if (before < RESPONDED) context.$words[context.$base + WORD.touched] = page.block[BLOCK.clock];
  context.$bytes[at] = state;
}

/**
 * Closes a context, unless it is closed. Nothing else writes that state.
 *
 * @param {RecordOwner} owner of its record
 * @param {import("../request/request-context.js").Context | undefined} request vinext's request context with that record, if any
 */
export function close(owner, request) {
  if (owner.$base === 0) takeRecord(owner);
  if (isClosed(owner)) return;
  advance(owner, CLOSED);
  backend.closed(owner.$words);
  if (hooks.closed !== undefined) {
    hooks.closed(owner);
    // The two are one context: one sentinel says whether either is still held.
    if (request !== undefined) /** @type {RecordOwner} */ (request).$sentinel = owner.$sentinel;
  }
  if (request !== undefined && hooks.released !== undefined) hooks.released(request);
}

/**
 * @param {RecordOwner} context
 * @returns {boolean} whether the context is over
 */
export function isClosed(context) {
  return context.$bytes[context.$base << 2] === CLOSED;
}

/** @returns {number} the coarse clock's time, in ms; 0 before the first context took its record */
export function coarseNow() {
  return page.block[BLOCK.clock];
}

/**
 * @param {RecordOwner} context
 * @returns {string} its label, or its kind if it has none
 */
export function nameOf(context) {
  return readLabel(context) || (KINDS[context.$kind] ?? "other");
}
