import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { ROOT } from "../_support/run.mjs";
import { runSnippet } from "../_support/snippet.mjs";

const README = readFileSync(join(ROOT, "README.md"), "utf8");

/** @param {string} language */
const blocks = (language) => [...README.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"))].map(String);

/** @param {string} block with its fences */
const inner = (block) => block.split("\n").slice(1, -1).join("\n").split("\n```")[0];

describe("README", () => {
  test("a quick start of at most five steps comes after what one gains", () => {
    const [gain, start] = ["## What you gain", "## Quick start"].map((title) => README.indexOf(title));
    assert.ok(gain > 0 && gain < start);
    const steps = README.slice(start, README.indexOf("## Use it")).match(/^\d\. /gm) ?? [];
    assert.ok(steps.length > 0 && steps.length <= 5, `${steps.length} steps`);
  });

  for (const [index, block] of blocks("js").entries()) {
    test(`snippet ${index + 1} runs and prints what its comments say`, async () => {
      await runSnippet(inner(block));
    });
  }

  test("npm start prints what the README shows", { timeout: 120_000 }, async () => {
    const block = blocks("text").find((each) => each.includes("vinext with onescope on"));
    const shown = inner(String(block)).trim().split("\n");
    const server = spawn(process.execPath, ["scripts/start.mjs", "--port", "0", "--report"], { cwd: ROOT });
    let printed = "";
    server.stdout.setEncoding("utf8").on("data", (text) => (printed += text));
    try {
      while (!printed.includes("AsyncLocalStorage:")) await sleep(100);
      const [origin] = /http:\S+/.exec(printed) ?? [];
      for (let n = 0; n < 3; n++) await (await fetch(`${origin}/dynamic`)).text();
      while (!printed.includes("in flight")) await sleep(100);
    } finally {
      server.kill("SIGTERM");
    }
    const mask = (/** @type {string} */ line) =>
      line
        .replace(/( {2}\d+× \S+ \S+)+$/, "")
        .replace(/(?<=last-flight )\S+(?=\/examples\/)/, "…")
        .replaceAll(/\d+/g, "N");
    assert.deepEqual(printed.trim().split("\n").slice(0, shown.length).map(mask), shown.map(mask));
  });
});
