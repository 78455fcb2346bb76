// Reads a component tree as React serializes it ("Flight"): numbered rows that refer to each other. Numbers, order and
// what is a row of its own depend on what was ready when; the tree that they describe does not.

/** Rows about how the rest was made, in development: debug information, times, timings, console output. */
const ABOUT = new Set(["D", "N", "J", "W"]);
const REFERENCE = /^\$([A-Za-z@]?)([0-9a-f]+)((?::[^:]+)*)$/;
const ELEMENT = { type: 1, key: 2, props: 3 };

/**
 * @param {string} text rows as they came
 * @returns {string} the tree in one piece, with every reference replaced by what it refers to, then rows without a number
 */
export function describeTree(text) {
  /** @type {Map<string, { tag: string, value: unknown }>} */
  const rows = new Map();
  /** @type {string[]} */
  const loose = [];
  for (const { id, tag, content } of parse(text)) {
    if (ABOUT.has(tag)) continue;
    if (id === "") loose.push(`${tag}${content}`);
    else rows.set(id, { tag, value: tag === "T" ? content : contentOf(tag, content) });
  }
  const tree = JSON.stringify(expand("$0", rows, []));
  return [tree, ...loose.sort()].join("\n");
}

/**
 * @param {string} text
 * @returns {Array<{ id: string, tag: string, content: string }>}
 */
function parse(text) {
  const found = [];
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    const colon = rest.indexOf(":");
    if (colon < 0) break;
    const id = rest.toString("utf8", 0, colon);
    const first = String.fromCharCode(rest[colon + 1]);
    if (first === "T") {
      // Text comes with its length in bytes and ends without a line break.
      const comma = rest.indexOf(",", colon);
      const length = Number.parseInt(rest.toString("utf8", colon + 2, comma), 16);
      found.push({ id, tag: "T", content: rest.toString("utf8", comma + 1, comma + 1 + length) });
      rest = rest.subarray(comma + 1 + length);
      continue;
    }
    const end = rest.indexOf("\n");
    const line = rest.toString("utf8", colon + 1, end < 0 ? rest.length : end);
    const tag = /^[A-Z]/.test(line) ? line[0] : "";
    found.push({ id, tag, content: line.slice(tag.length) });
    rest = end < 0 ? Buffer.alloc(0) : rest.subarray(end + 1);
  }
  return found;
}

/**
 * @param {string} tag
 * @param {string} content
 */
function contentOf(tag, content) {
  try {
    const value = JSON.parse(content);
    // An error's stack is where it was thrown, which is another place in a module that replaces another.
    return tag === "E" ? { digest: value.digest, message: value.message } : value;
  } catch {
    return `${tag}${content}`;
  }
}

/**
 * @param {any} value
 * @param {Map<string, { tag: string, value: any }>} rows
 * @param {string[]} open rows that are being expanded
 * @returns {unknown}
 */
function expand(value, rows, open) {
  if (typeof value === "string") {
    const [, kind, id, path] = REFERENCE.exec(value) ?? [];
    const row = rows.get(id);
    if (row === undefined || open.includes(id)) return row === undefined ? value : "(itself)";
    const target = path === "" ? row.value : walk(row.value, path.slice(1).split(":"), rows);
    const content = expand(target, rows, [...open, id]);
    return kind === "" && row.tag === "" ? content : { [`$${kind}${row.tag}`]: content };
  }
  if (typeof value !== "object" || value === null) return value;
  if (!Array.isArray(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, expand(member, rows, open)]));
  }
  // In development an element also says what made it, and where.
  const members = value[0] === "$" ? value.slice(0, 4) : value;
  return members.map((member) => expand(member, rows, open));
}

/**
 * @param {any} value
 * @param {string[]} path
 * @param {Map<string, { tag: string, value: any }>} rows
 */
function walk(value, path, rows) {
  let at = value;
  for (const step of path) {
    while (typeof at === "string") {
      const row = rows.get(REFERENCE.exec(at)?.[2] ?? "");
      if (row === undefined) return `(nothing at ${path.join(":")})`;
      at = row.value;
    }
    at = at?.[at[0] === "$" && step in ELEMENT ? ELEMENT[/** @type {keyof typeof ELEMENT} */ (step)] : step];
  }
  return at;
}
