import assert from "node:assert/strict";
import { test } from "node:test";
import { mode } from "../../js/async-context/node-hooks.js";
import { evalJson } from "../_support/run.mjs";

// Agents with a native part that keeps its context in Node's async context frames.

const PROFILE = `
  const { time } = require("@datadog/pprof");
  const { AsyncLocalStorage } = require("node:async_hooks");
  const { entry } = await import("./js/async-context/entry.js");
  const [other, inner] = [new AsyncLocalStorage(), new AsyncLocalStorage()];
  time.start({ withContexts: true, useCPED: true });
  const reads = [];
  const read = () => reads.push(time.getContext()?.id ?? null);
  await other.run("request", async () => {
    time.setContext({ id: 1 });
    read();
    inner.run("nested", read);
    await null;
    inner.run("nested", () => { read(); AsyncLocalStorage.snapshot()(read); });
    reads.push(other.getStore());
  });
  time.stop();
  console.log(JSON.stringify({ reads, strategy: entry.strategy, readers: entry.frameReaders, slots: AsyncLocalStorage.name }));
  process.exit();`;
const REQUIRE = 'import { createRequire } from "node:module"; const require = createRequire(process.cwd() + "/x.js");';

for (const [when, load] of /** @type {const} */ ([
  ["after", 'await import("./js/register.js");'],
  ["before", 'require("@datadog/pprof"); await import("./js/register.js");'],
])) {
  test(`@datadog/pprof loaded ${when} register finds its context in every entry`, { skip: !mode.frames }, async () => {
    const stock = await evalJson(`${REQUIRE}\n${PROFILE}`);
    const slots = await evalJson(`${REQUIRE}\n${load}\n${PROFILE}`);
    assert.deepEqual(stock.reads, [1, 1, 1, 1, "request"]);
    assert.deepEqual(slots, {
      reads: stock.reads,
      strategy: "plain",
      readers: ["@datadog/pprof"],
      slots: "SlotStorage",
    });
  });
}
