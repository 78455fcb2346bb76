import { readRequired } from "../project/files.js";
import { parseJson, propertyOf } from "../project/syntax.js";
import { indentAt, indentUnit, lineEndOf } from "./edits.js";

/** @import { Node } from "../project/syntax.js" */
/** @import { Edit } from "./edits.js" */

const NAME = "onescope";

/**
 * Puts onescope into `dependencies`: a server needs it where the others are not installed.
 *
 * @param {string} text package.json
 * @param {string} range of versions, if none is named yet
 * @returns {{ edits: Edit[], moved: boolean }} `moved`: from `devDependencies`
 */
export function addDependency(text, range) {
  const root = treeOf(text);
  const found = (/** @type {string} */ group) => {
    const object = propertyOf(root, group)?.value;
    return object?.type === "ObjectExpression" ? { object, property: propertyOf(object, NAME) } : undefined;
  };
  if (found("dependencies")?.property || found("optionalDependencies")?.property) return { edits: [], moved: false };
  const dev = found("devDependencies");
  const value = dev?.property === undefined ? JSON.stringify(range) : sourceOf(text, dev.property.value);
  const edits = dev?.property === undefined ? [] : [removeProperty(text, dev.object, dev.property)];
  const target = found("dependencies");
  if (target !== undefined) edits.push(insertSorted(text, target.object, NAME, value));
  else edits.push(insertGroup(text, root, value));
  return { edits, moved: dev?.property !== undefined };
}

/**
 * @param {string} text package.json
 * @param {string} name of a script that exists
 * @param {number[]} places in the script's value
 * @param {string} inserted there; without characters that JSON escapes
 * @returns {Edit[]}
 */
export function insertInScript(text, name, places, inserted) {
  const scripts = /** @type {Node} */ (propertyOf(treeOf(text), "scripts"));
  const literal = /** @type {Node} */ (propertyOf(scripts.value, name)).value;
  const positions = positionsIn(sourceOf(text, literal));
  return places.map((place) => ({ at: literal.start + positions[place], removed: "", inserted }));
}

/**
 * @param {string} text package.json
 * @param {string} name of a script that does not exist
 * @param {string} command
 * @returns {Edit}
 */
export function addScript(text, name, command) {
  const root = treeOf(text);
  const scripts = propertyOf(root, "scripts")?.value;
  if (scripts !== undefined) return insertAt(text, scripts, scripts.properties.length, name, JSON.stringify(command));
  return insertAt(text, root, root.properties.length, "scripts", groupOf(text, name, JSON.stringify(command)));
}

/**
 * @param {string} text package.json
 * @returns {Node}
 * @throws {OnescopeError} `ERR_ONESCOPE_PROJECT` if it is nested more deeply than the parser can follow
 */
function treeOf(text) {
  return readRequired("package.json", () => parseJson(text));
}

/**
 * @param {string} text
 * @param {Node} root
 * @param {string} value
 */
function insertGroup(text, root, value) {
  const names = namesIn(root);
  const place = names.includes("devDependencies") ? names.indexOf("devDependencies") : names.length;
  return insertAt(text, root, place, "dependencies", groupOf(text, NAME, value));
}

/**
 * @param {string} text
 * @param {string} key
 * @param {string} value JSON
 * @returns {string} an object of the manifest, on lines of its own if the manifest has several
 */
function groupOf(text, key, value) {
  if (!text.includes("\n")) return `{ "${key}": ${value} }`;
  const eol = lineEndOf(text);
  const unit = indentUnit(text);
  return `{${eol}${unit}${unit}"${key}": ${value}${eol}${unit}}`;
}

/**
 * @param {string} text
 * @param {Node} object
 * @param {string} key
 * @param {string} value JSON
 */
function insertSorted(text, object, key, value) {
  const names = namesIn(object);
  const isSorted = names.every((name, index) => index === 0 || names[index - 1] <= name);
  const place = isSorted ? names.findIndex((name) => name > key) : -1;
  return insertAt(text, object, place === -1 ? names.length : place, key, value);
}

/**
 * @param {string} text
 * @param {Node} object
 * @param {number} place among its properties
 * @param {string} key
 * @param {string} value JSON
 * @returns {Edit}
 */
function insertAt(text, object, place, key, value) {
  const { properties } = object;
  const line = `"${key}": ${value}`;
  if (properties.length === 0) {
    const eol = lineEndOf(text);
    const outer = indentAt(text, object.start);
    const inserted = text.includes("\n") ? `{${eol}${outer}${indentUnit(text)}${line}${eol}${outer}}` : `{ ${line} }`;
    return { at: object.start, removed: sourceOf(text, object), inserted };
  }
  const reference = properties[Math.min(place, properties.length - 1)];
  const space = /** @type {RegExpExecArray} */ (/\s*$/.exec(text.slice(object.start + 1, reference.start)))[0];
  if (place < properties.length) return { at: reference.start, removed: "", inserted: `${line},${space || " "}` };
  return { at: reference.end, removed: "", inserted: `,${space}${line}` };
}

/**
 * @param {string} text
 * @param {Node} object
 * @param {Node} property
 * @returns {Edit}
 */
function removeProperty(text, { start, end, properties }, property) {
  const index = properties.indexOf(property);
  const next = properties[index + 1];
  const [from, to] =
    next !== undefined
      ? [property.start, next.start]
      : index > 0
        ? [properties[index - 1].end, property.end]
        : [start + 1, end - 1];
  return { at: from, removed: text.slice(from, to), inserted: "" };
}

/**
 * @param {string} raw a JSON string
 * @returns {number[]} for each position in its value, that in the raw text
 */
function positionsIn(raw) {
  const positions = [];
  let at = 1;
  while (at < raw.length - 1) {
    positions.push(at);
    at += raw[at] !== "\\" ? 1 : raw[at + 1] === "u" ? 6 : 2;
  }
  return [...positions, at];
}

/**
 * @param {Node} object
 * @returns {string[]}
 */
function namesIn({ properties }) {
  return properties.map((/** @type {Node} */ { key }) => key.value);
}

/** @param {string} text @param {Node} node */
function sourceOf(text, { start, end }) {
  return text.slice(start, end);
}
