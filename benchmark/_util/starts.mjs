import { spawnSync } from "node:child_process";
import { progress } from "./progress.mjs";
import { BENCHMARK } from "./root.mjs";
import { interval, median } from "./stats.mjs";

/** Unmeasured starts of each variant: files are read from the disk. */
const WARM_UP = 2;

/** @typedef {{ wall: number, processor: number, memory: number, own?: number }} Start ms and MB; `own` only on Linux */

const MEASURES = /** @type {const} */ ({
  wall: "wall, ms",
  processor: "processor, ms",
  memory: "memory, MB",
  own: "own memory, MB",
});

/**
 * Starts a program with each preload in turn, each time beginning with another one: a row for each measure.
 *
 * @param {import("./nodes.mjs").NodeBinary} node
 * @param {string} row
 * @param {string} program
 * @param {Record<string, string | undefined>} preloads by variant; the first is the reference
 * @param {number} count
 * @returns {import("./results.mjs").ResultRow[]}
 */
export function interleaveStarts(node, row, program, preloads, count) {
  const variants = Object.keys(preloads);
  /** @type {Record<string, Start[]>} */
  const starts = Object.fromEntries(variants.map((variant) => [variant, []]));
  const step = progress(count);
  for (let round = 1 - WARM_UP; round <= count; round++) {
    if (round > 0) step(`Node ${node.name}, ${row}`);
    for (let n = 0; n < variants.length; n++) {
      const variant = variants[(n + round + WARM_UP) % variants.length];
      const start = startOnce(node, program, preloads[variant]);
      if (round > 0) starts[variant].push(start);
    }
  }
  step.done();
  const reference = starts[variants[0]];
  const measures = Object.entries(MEASURES).filter(([measure]) => reference[0][measure] !== undefined);
  return measures.map(([measure, name]) => ({
    row: `${name}: ${row}`,
    cells: Object.fromEntries(
      variants.map((variant) => {
        const list = starts[variant].map((start) => start[measure]);
        const differences = list.map((value, index) => value - reference[index][measure]);
        const figures = { median: median(list), minimum: Math.min(...list) };
        return [variant, { ...figures, added: median(differences), interval: interval(differences) }];
      }),
    ),
  }));
}

/**
 * @param {import("./nodes.mjs").NodeBinary} node
 * @param {string} program
 * @param {string | undefined} preload
 * @returns {Start}
 */
function startOnce(node, program, preload) {
  const flags = preload === undefined ? [] : ["--import", preload];
  const { NODE_OPTIONS: _, ONESCOPE_BACKEND: __, ...env } = process.env;
  const before = performance.now();
  const { status, output } = spawnSync(node.path, [...node.flags, ...flags, `variants/startup/${program}`], {
    cwd: BENCHMARK,
    // What these cost is another question, and none of them is on in the others.
    env: { ...env, ONESCOPE_RECORD: "off", ONESCOPE_SERVE: "off", ONESCOPE_WATCH: "off" },
    stdio: ["ignore", "ignore", "inherit", "pipe"],
    encoding: "utf8",
  });
  const wall = performance.now() - before;
  if (status !== 0) throw new Error(`${program} ended with ${status} after --import ${preload}`);
  return { wall, ...JSON.parse(String(output[3])) };
}
