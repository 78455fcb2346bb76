// Plays every scenario of after-scenarios.mjs with one implementation of vinext's module and prints what each logged.
// usage: node after-variant.mjs ours|stock

import { setImmediate } from "node:timers/promises";
import { inspect } from "node:util";
import { SCENARIOS } from "./after-scenarios.mjs";
import { OURS, STOCK, stockUrl } from "./stock.mjs";

const shim = await import(process.argv[2] === "ours" ? OURS : STOCK);
const { deferUntilStreamConsumed } = await import(stockUrl("server/defer-until-stream-consumed.js"));

/** Lets everything that was started come to rest. */
async function settle() {
  for (let turn = 0; turn < 3; turn++) await setImmediate();
}

const logs = {};
for (const [name, scenario] of Object.entries(SCENARIOS)) {
  const lines = (logs[name] = []);
  const log = (...values) => {
    const texts = values.map((value) => (typeof value === "string" ? value : inspect(value, { depth: 4 })));
    lines.push(texts.join(" "));
  };
  console.error = (text, error) => log("console.error:", text, error?.message ?? error);
  await scenario({ ...shim, deferUntilStreamConsumed, log, settle });
  await settle();
}
console.log(JSON.stringify(logs));
