// Small helpers to make and change the page. Labels come from clients, so text only ever becomes text, never markup.

const SVG = "http://www.w3.org/2000/svg";

/**
 * Makes an element.
 *
 * @param {string} name
 * @param {Record<string, string>} [attributes]
 * @param {Array<Node | string>} children
 * @returns {HTMLElement}
 */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/**
 * Makes a part of a drawing.
 *
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 * @param {Array<Node | string>} children
 * @returns {SVGElement}
 */
export function shape(name, attributes, ...children) {
  const made = /** @type {SVGElement} */ (document.createElementNS(SVG, name));
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.append(...children);
  return made;
}

/**
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

/**
 * Sets a text only if it changed, so that screen readers and selections keep their place.
 *
 * @param {Element} target
 * @param {string} text
 */
export function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/**
 * Keeps one child of a list for each item, in the items' order. Those that stay are the same elements as before.
 *
 * @template T
 * @param {Element} list
 * @param {Map<string, Element>} known by key; the caller keeps it
 * @param {T[]} items
 * @param {{ key: (item: T) => string, make: (item: T) => Element, update?: (child: any, item: T) => void }} how
 */
export function keep(list, known, items, { key, make, update }) {
  const left = new Map(known);
  items.forEach((item, index) => {
    const name = key(item);
    const child = known.get(name) ?? make(item);
    known.set(name, child);
    left.delete(name);
    update?.(child, item);
    if (list.children[index] !== child) list.insertBefore(child, list.children[index] ?? null);
  });
  for (const [name, child] of left) {
    known.delete(name);
    child.remove();
  }
}

/**
 * @param {number} ms
 * @returns {string} such as `120 ms`, `2.5 s`, `3 min 20 s`
 */
export function duration(ms) {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/**
 * @param {string} iso
 * @returns {string} the time of day here
 */
export function timeOfDay(iso) {
  return new Date(iso).toLocaleTimeString(undefined, { hour12: false });
}
