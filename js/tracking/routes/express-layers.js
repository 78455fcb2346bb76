// How the layers of Express's routers name what they match. Express 5.3 keeps the path that a layer was made with; Express 4
// makes it a regular expression, and Express 5.0 to 5.2 a function, which tells which characters of a path are a client's: those in
// whose place others match too.

/**
 * @typedef {((...args: any[]) => unknown) & { parent?: App, mountpath?: unknown, _router?: Router, router?: Router }} App
 * @typedef {{ stack?: Layer[] }} Router
 *
 * @typedef {object} Layer of a router's stack: a route, or a function, which may be a router
 * @property {object} [route]
 * @property {unknown} [handle]
 * @property {boolean} [slash] it matches every path
 * @property {unknown} [rawPath] since Express 5.3: a string, a regular expression or an array of them
 * @property {Matcher[]} [matchers] of Express 5
 * @property {RegExp & { fast_slash?: boolean }} [regexp] of Express 4
 * @property {Array<{ name: string | number }>} [keys] of Express 4: names of what `regexp` captures
 *
 * @typedef {{ path: string, params: Record<string, unknown> }} Matched
 * @typedef {(path: string) => false | Matched} Matcher
 *
 * @typedef {{ path: string, pattern: string | undefined }} Match the start of a path that a layer matches, and how it is
 *   named, if that is known
 */

/** Routers in routers that are looked into: one could be in itself. */
const DEEPEST = 12;

/**
 * @param {App} app
 * @returns {Layer[]} of its router
 */
export function routerOf(app) {
  // Express 4 throws for `router`.
  return stackOf(app._router ?? app.router);
}

/** @param {unknown} router */
function stackOf(router) {
  const { stack } = /** @type {Router} */ (router ?? {});
  return Array.isArray(stack) ? stack : [];
}

/**
 * @param {Layer[]} stack
 * @param {object} route
 * @param {number} [depth]
 * @returns {Layer[][]} for each place of the route, the layers of the routers around it, from outside
 */
export function chainsTo(stack, route, depth = 0) {
  /** @type {Layer[][]} */
  const found = [];
  for (const layer of stack) {
    if (layer.route === route) found.push([]);
    else if (layer.route === undefined && depth < DEEPEST) {
      for (const chain of chainsTo(stackOf(layer.handle), route, depth + 1)) found.push([layer, ...chain]);
    }
  }
  return found;
}

/**
 * @param {Layer[]} chain
 * @param {string} path
 * @returns {{ pattern: string | undefined, matched: number } | undefined} the patterns of all layers, if these are known, and how
 *   much of the path they match; `undefined` if the path does not lead through them
 */
export function prefixOf(chain, path) {
  /** @type {string | undefined} */
  let pattern = "";
  let matched = 0;
  for (const layer of chain) {
    const part = match(layer, path.slice(matched) || "/");
    if (part === undefined) return undefined;
    pattern = pattern === undefined || part.pattern === undefined ? undefined : pattern + trim(part.pattern);
    matched += trim(part.path).length;
  }
  return { pattern, matched };
}

/**
 * @param {Layer[]} stack
 * @param {string} path
 * @param {number} [depth]
 * @returns {string | undefined} the patterns of the layers that together match the whole path
 */
export function mountPattern(stack, path, depth = 0) {
  for (const layer of stack) {
    if (layer.route !== undefined) continue;
    const matched = match(layer, path);
    if (matched === undefined) continue;
    const rest = path.slice(matched.path.length);
    if (rest === "" && matched.path !== "") return matched.pattern && trim(matched.pattern);
    const inner = stackOf(layer.handle);
    if (inner.length === 0 || depth === DEEPEST) continue;
    const pattern = mountPattern(inner, rest, depth + 1);
    if (pattern !== undefined) return matched.pattern === undefined ? undefined : trim(matched.pattern) + pattern;
  }
  return undefined;
}

/** @param {string} pattern of a router, after which a path follows */
function trim(pattern) {
  return pattern.endsWith("/") ? pattern.slice(0, -1) : pattern;
}

/**
 * @param {Layer} layer
 * @param {string} path
 * @returns {Match | undefined}
 */
function match({ slash, rawPath, matchers, regexp, keys }, path) {
  if (slash || regexp?.fast_slash) return { path: "", pattern: "" };
  if (regexp !== undefined) return matchExpression(regexp, keys ?? [], path);
  for (const [index, matcher] of (matchers ?? []).entries()) {
    const matched = matcher(path);
    if (!matched) continue;
    const raw = Array.isArray(rawPath) ? rawPath[index] : rawPath;
    const pattern = raw === undefined ? findOut(matcher, matched) : String(raw);
    return { path: matched.path, pattern };
  }
  return undefined;
}

/** @type {WeakMap<RegExp, RegExp>} of Express 4, the same that say where their groups are */
const indexed = new WeakMap();

/** @param {RegExp} regexp */
function withIndices(regexp) {
  const known = indexed.get(regexp) ?? new RegExp(regexp.source, regexp.ignoreCase ? "di" : "d");
  indexed.set(regexp, known);
  return known;
}

/**
 * @param {RegExp} regexp
 * @param {Array<{ name: string | number }>} keys
 * @param {string} path
 * @returns {Match | undefined}
 */
function matchExpression(regexp, keys, path) {
  const matched = withIndices(regexp).exec(path);
  if (matched?.index !== 0) return undefined;
  const [whole] = matched;
  const texts = textsOf(regexp);
  let pattern = "";
  let at = 0;
  for (const [index, key] of [...keys, undefined].entries()) {
    const end = [whole.length, whole.length];
    const [from, to] = key === undefined ? end : (matched.indices?.[index + 1] ?? [at, at]);
    // A text that is not in the expression is a client's. A group in a group is of a program's own expression.
    const found = texts.toLowerCase().indexOf(whole.slice(at, from).toLowerCase());
    if (found < 0 || from < at) return { path: whole, pattern: undefined };
    pattern += texts.slice(found, found + from - at);
    if (to > from) pattern += nameOf(key?.name);
    at = to;
  }
  return { path: whole, pattern };
}

/**
 * @param {RegExp} regexp which Express 4 has made of a path
 * @returns {string} the texts in it
 */
function textsOf({ source }) {
  const plain = source.replaceAll("\\", "").replace(/\(\?[:=!]/g, "(");
  return plain.replace(/\([^()]*\)/g, "\0").replace(/[()?]/g, "");
}

/** @param {string | number | undefined} key of a parameter; a number if it has no name */
function nameOf(key) {
  return typeof key === "string" && !/^\d+$/.test(key) ? `:${key}` : "*";
}

/** Characters of a path that are tried one by one. */
const LONGEST_TRIED = 128;

/**
 * @param {Matcher} matcher of Express 5.0 to 5.2
 * @param {Matched} matched
 * @returns {string | undefined} the pattern, in lower case
 */
function findOut(matcher, { path, params }) {
  // The name of path-to-regexp's functions. What a regular expression matches is not found out like this.
  if (matcher.name !== "match" || path.length > LONGEST_TRIED) return undefined;
  const names = Object.entries(params).map(([key, value]) => (Array.isArray(value) ? `*${key}` : nameOf(key)));
  if (names.length === 0) return path.toLowerCase();
  const fixed = path.replace(/./gs, (char, at) => (isFree(matcher, path, at) ? "\0" : char.toLowerCase()));
  const texts = fixed.split(/\0+/);
  // A name can be in a pattern twice.
  const isEach = texts.length === names.length + 1;
  return texts.map((text, index) => (index === 0 ? text : (isEach ? names[index - 1] : "*") + text)).join("");
}

/**
 * @param {Matcher} matcher
 * @param {string} path that it matches
 * @param {number} at a character of it
 */
function isFree(matcher, path, at) {
  try {
    const matched = matcher(`${path.slice(0, at)}\0${path.slice(at + 1)}`);
    return matched && matched.path.length === path.length;
  } catch {
    // It matched, and was to be decoded.
    return true;
  }
}
