import { byId, duration, element, keep, setText, shape } from "./dom.js";

// The event loop delay of each thread: one bar per second.

const SECONDS = 300;
const HEIGHT = 100;
/** The plot is at least this high, so that the noise of an idle process looks small. */
const LEAST_MS = 100;

/** @type {Map<string, Element>} plots by thread */
const plots = new Map();

/** @param {any} response of `/eventloop` */
export function showDelays({ threads }) {
  keep(byId("delays"), plots, threads, {
    key: ({ thread }) => String(thread),
    make: ({ thread }) => {
      const times = ["5 minutes ago", "now"].map((time) => element("span", {}, time));
      const axis = element("div", { class: "axis", "aria-hidden": "true" }, ...times);
      return element("div", {}, element("h3", {}, `Thread ${thread}`), element("div"), axis, element("p"));
    },
    update: (plot, { delaysMs }) => {
      const text = summary(delaysMs);
      plot.children[1].replaceChildren(draw(delaysMs, text));
      setText(plot.children[3], text);
    },
  });
}

/**
 * @param {Array<number | null>} delays
 * @returns {string} the plot in words
 */
function summary(delays) {
  const known = delays.filter((ms) => ms !== null);
  if (known.length === 0) return "No heartbeat yet.";
  const most = Math.max(...known);
  const ago = delays.length - delays.lastIndexOf(most);
  return `Last second ${duration(delays.at(-1) ?? 0)}; max ${duration(most)}, ${duration(ago * 1000)} ago.`;
}

/**
 * @param {Array<number | null>} delays
 * @param {string} text
 */
function draw(delays, text) {
  const most = Math.max(LEAST_MS, ...delays.map((ms) => ms ?? 0));
  const first = SECONDS - delays.length;
  const bars = delays.map((ms, index) => {
    if (ms === null) return "";
    const height = Math.max(0.5, (ms / most) * HEIGHT);
    return shape("rect", { x: first + index, y: HEIGHT - height, width: 1, height });
  });
  const view = { viewBox: `0 0 ${SECONDS} ${HEIGHT}`, preserveAspectRatio: "none", width: "100%", height: "100%" };
  return shape(
    "svg",
    { class: "delays", role: "img", "aria-label": text },
    shape("svg", view, shape("line", { x1: 0, y1: HEIGHT, x2: SECONDS, y2: HEIGHT }), ...bars),
    shape("text", { x: 2, y: 12 }, duration(most)),
  );
}
