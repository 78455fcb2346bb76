import { configObjects } from "../project/config-objects.js";
import { declarationOf, findAll, parse, propertyOf } from "../project/syntax.js";
import { appendItem, indentAt, indentUnit, lineEndOf, lineStart } from "./edits.js";

/** @import { Node, Source } from "../project/syntax.js" */
/** @import { Edit } from "./edits.js" */

/**
 * Puts a text into each of some lists of a configuration, such as `serverExternalPackages: ["onescope"]`.
 *
 * @param {string} text
 * @param {string} path
 * @param {Record<string, string>} wanted by name of the list
 * @returns {Edit[] | undefined} `undefined` if the configuration or a list is not in the file as such
 */
export function addToLists(text, path, wanted) {
  const source = parse(text, path);
  const objects = configObjects(source.program);
  if (objects === undefined) {
    const areListed = Object.entries(wanted).every(([key, item]) => isListed(source.program, key, item));
    return areListed ? [] : undefined;
  }
  /** @type {Edit[]} */
  const edits = [];
  for (const object of objects) {
    /** @type {string[]} */
    const missing = [];
    for (const [key, item] of Object.entries(wanted)) {
      const property = propertyOf(object, key);
      if (property === undefined) {
        const value = newList(source, object, key, item);
        if (value === undefined) return undefined;
        missing.push(`${key}: ${value}`);
      } else {
        const found = extend(source, property.value, item);
        if (found === undefined) return undefined;
        edits.push(...found);
      }
    }
    if (missing.length > 0) edits.push(...addProperties(source, object, missing));
  }
  return distinct(edits);
}

/**
 * @param {Edit[]} edits
 * @returns {Edit[]} each once: two objects may share a list
 */
function distinct(edits) {
  return edits.filter(({ at }, index) => edits.findIndex((each) => each.at === at) === index);
}

/**
 * @param {Node} program
 * @param {string} key
 * @param {string} item
 * @returns {boolean} whether each object of the configuration has the item in its list, or where it is not clear which these are,
 *   any object
 */
export function hasInList(program, key, item) {
  const objects = configObjects(program);
  if (objects === undefined) return isListed(program, key, item);
  return objects.every((object) => {
    const property = propertyOf(object, key);
    return property !== undefined && listOf(program, property.value)?.elements.some(isItem(item));
  });
}

/**
 * @param {Node} program
 * @param {string} key
 * @param {string} item
 * @returns {boolean} whether the item is in a list of that name, as a person puts it there by hand
 */
function isListed(program, key, item) {
  return (
    findAll(program, ({ type, key: name, value, left, right }) => {
      const isNamed =
        (type === "Property" && name.name === key) || (type === "AssignmentExpression" && left.property?.name === key);
      return isNamed && listOf(program, value ?? right)?.elements.some(isItem(item));
    }).length > 0
  );
}

/**
 * @param {Source} source
 * @param {Node} value
 * @param {string} item
 * @returns {Edit[] | undefined} `undefined` if the list is not in the file
 */
function extend({ text, program }, value, item) {
  const list = listOf(program, value);
  if (list === undefined) return undefined;
  if (list.elements.some(isItem(item))) return [];
  const last = list.elements.at(-1);
  const quote = quoteOf(text);
  if (last === undefined || last === null) return [{ at: list.start + 1, removed: "", inserted: quote + item + quote }];
  return appendItem(text, last, quote + item + quote);
}

/**
 * @param {Source} source
 * @param {Node} object
 * @param {string} key
 * @param {string} item
 * @returns {string | undefined} the list's code; `undefined` if the object may get the list from elsewhere
 */
function newList({ text, program }, object, key, item) {
  const quote = quoteOf(text);
  let list = `[${quote}${item}${quote}]`;
  for (const { type, argument } of object.properties) {
    if (type !== "SpreadElement") continue;
    const spread = argument.type === "Identifier" ? declarationOf(program, argument.name) : argument;
    // An object of this file that has no such list adds nothing.
    if (spread?.type === "ObjectExpression" && propertyOf(spread, key) === undefined && !hasSpread(spread)) continue;
    if (argument.type !== "Identifier" || list.includes("...")) return undefined;
    list = `[...(${argument.name}.${key} ?? []), ${quote}${item}${quote}]`;
  }
  return list;
}

/**
 * @param {Source} source
 * @param {Node} object
 * @param {string[]} properties their code
 * @returns {Edit[]}
 */
function addProperties({ text }, object, properties) {
  const last = object.properties.at(-1);
  if (last !== undefined) {
    const isAlone = text.slice(lineStart(text, last.start), last.start).trim() === "";
    const gap = isAlone ? `,${lineEndOf(text)}${indentAt(text, last.start)}` : ", ";
    return appendItem(text, last, properties.join(gap));
  }
  const at = object.start + 1;
  const inside = text.slice(at, object.end - 1);
  const line = ` ${properties.join(", ")}`;
  if (inside.trim() === "" && !inside.includes("\n")) return [{ at, removed: inside, inserted: `${line} ` }];
  // What is inside is a comment.
  if (!inside.includes("\n")) return [{ at, removed: "", inserted: line }];
  const inner = lineEndOf(text) + indentAt(text, object.start) + indentUnit(text);
  return [{ at, removed: "", inserted: properties.map((each) => `${inner}${each},`).join("") }];
}

/** @param {Node} object */
function hasSpread({ properties }) {
  return properties.some((/** @type {Node} */ { type }) => type === "SpreadElement");
}

/**
 * @param {Node} program
 * @param {Node} value
 * @returns {Node | undefined} an ArrayExpression
 */
function listOf(program, value) {
  const list = value.type === "Identifier" ? declarationOf(program, value.name) : value;
  return list?.type === "ArrayExpression" ? list : undefined;
}

/** @param {string} item */
function isItem(item) {
  return (/** @type {Node | null} */ element) => element?.value === item;
}

/** @param {string} text */
function quoteOf(text) {
  const [single, double] = [text.split("'").length, text.split('"').length];
  return single > double ? "'" : '"';
}
