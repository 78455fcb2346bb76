import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { request } from "../_support/http.mjs";
import { startDiagnosticsApp } from "../_support/start-diagnostics-app.mjs";
import { tool } from "../_support/tools.mjs";

const { path: promtool, skip } = tool("promtool", "prometheus");

/** Labels that would break out of their quotes, or be there twice. */
const LABELS = ['say "hi"', "back\\slash", "\\", '"', "other", "", "é漢🙂", "a{b=1} 5 #", "x".repeat(100)];

/**
 * @param {string} text
 * @param {string} line everything of a sample but its value
 */
function value(text, line) {
  const found = text.split("\n").find((each) => each.startsWith(`${line} `));
  return Number(found?.slice(line.length + 1));
}

test("Prometheus's own parser takes /metrics, whatever the labels are", { skip }, async () => {
  const server = await startDiagnosticsApp({ watch: { thresholdMs: 100 } });
  try {
    for (const text of LABELS) await request(`${server.app}/labelled?text=${encodeURIComponent(text)}`);
    // More labels than have a histogram of their own.
    for (let n = 0; n < 220; n++) await request(`${server.app}/labelled?text=label%20${n}`);
    await request(`${server.app}/report?ms=600`);
    let response = await request(`${server.page}/metrics`);
    const done = LABELS.length + 220 + 1;
    for (let n = 0; n < 200 && value(response.text, "onescope_contexts_closed_total") < done; n++) {
      response = await request(`${server.page}/metrics`);
    }
    assert.equal(response.headers["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    const { status, stdout, stderr } = spawnSync(promtool, ["check", "metrics"], {
      input: response.text,
      encoding: "utf8",
    });
    assert.deepEqual([status, stdout, stderr], [0, "", ""]);
    const name = "onescope_context_duration_seconds";
    const counts = [...response.text.matchAll(new RegExp(`^${name}_count\\{(.*)\\} (\\d+)$`, "gm"))];
    assert.equal(new Set(counts.map(([, label]) => label)).size, counts.length);
    assert.ok(counts.length <= 201, `${counts.length} labels`);
    assert.equal(
      counts.reduce((sum, [, , count]) => sum + Number(count), 0),
      done,
    );
    assert.equal(value(response.text, `${name}_count{label="say \\"hi\\""}`), 1);
    assert.equal(value(response.text, 'onescope_event_loop_delay_seconds_bucket{thread="0",le="0.25"}') > 0, true);
    assert.ok(value(response.text, 'onescope_stall_reports_total{report="stall"}') >= 1);
  } finally {
    await server.stop();
  }
});
