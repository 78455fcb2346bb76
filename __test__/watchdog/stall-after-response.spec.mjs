import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { backend } from "../../js/index.js";
import { ROOT, runNode } from "../_support/run.mjs";
import { onTime } from "../_support/wait.mjs";

/** @type {Array<[path: string, label: string, confidence: string, state: string]>} */
const STALLS = [
  ["/sync-after-send", "GET /sync-after-send", "exact", "active"],
  ["/async-after-send", "GET /async-after-send", "exact", "closed"],
  ["/in-finish", "GET /in-finish", "exact", "responded"],
  ["/call-in-finish", "GET /call-in-finish", "in-call", "responded"],
  ["/named/7", "GET /named/:id", "exact", "responded"],
];

test("a stall after the response names its request, with its state", { skip: backend !== "native" }, () =>
  onTime(async () => {
    const { code, stdout, stderr } = await runNode([join(ROOT, "__test__/_support/stall-after-response.mjs")]);
    assert.equal(code, 0, stderr);
    const byPath = JSON.parse(stdout);
    for (const [path, label, confidence, state] of STALLS) {
      const reports = byPath[path].filter((/** @type {any} */ report) => report.request !== null);
      const confirmed = reports.find((/** @type {any} */ report) => report.confidence === confidence);
      if (confirmed === undefined) return `no ${confidence} line for ${path}: ${JSON.stringify(byPath[path])}`;
      assert.deepEqual([confirmed.request.label, confirmed.request.state], [label, state], path);
      // A later probe can find code that runs after the close: the end of a stall names what its last line named.
      const [last, end] = reports.slice(-2);
      const ageMs = last.request.ageMs + end.blockedMs - last.blockedMs;
      assert.deepEqual([end.onescope, end.request], ["recovered", { ...last.request, ageMs }], path);
    }
  }),
);
