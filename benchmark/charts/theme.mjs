/** Wide as a README's column. Text is large because a phone shows the chart at half its size. */
export const WIDTH = 800;
export const FONT = { size: 20, small: 18, family: "-apple-system, Segoe UI, Helvetica, Arial, sans-serif" };

/**
 * Colours of Okabe and Ito, which colour-blind people tell apart; each variant has a shape of its own too.
 *
 * @typedef {object} Theme
 * @property {string} background
 * @property {string} text
 * @property {string} faint lines of the grid
 * @property {string} band
 * @property {string} grey what onescope is compared with
 * @property {string} blue
 * @property {string} orange
 * @property {string} green
 */

/** @type {Record<"light" | "dark", Theme>} */
export const THEMES = {
  light: {
    background: "#ffffff",
    text: "#1f2328",
    faint: "#d1d9e0",
    band: "#e4e7eb",
    grey: "#59636e",
    blue: "#0072b2",
    orange: "#c25400",
    green: "#007a5a",
  },
  dark: {
    background: "#0d1117",
    text: "#f0f6fc",
    faint: "#3d444d",
    band: "#262c36",
    grey: "#9198a1",
    blue: "#56b4e9",
    orange: "#e69f00",
    green: "#2dbb8f",
  },
};
