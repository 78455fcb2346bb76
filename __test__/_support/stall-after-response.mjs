// An Express server that blocks its thread around the end of responses, for stall-after-response.spec.mjs. It requests
// each path from itself and prints, by path, what the watchdog reported.

import { execSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import express from "express";
import { label, trackRequests, watch } from "../../js/inspect.js";

const BLOCK_MS = 1500;

trackRequests();
/** @type {any[]} */
let reports = [];
watch({ thresholdMs: 250, onStall: (report) => void reports.push(report) });

function block() {
  const end = Date.now() + BLOCK_MS;
  while (Date.now() < end);
}

const app = express();
app.get("/sync-after-send", (_request, response) => {
  response.send("x");
  block();
});
app.get("/async-after-send", async (_request, response) => {
  response.send("x");
  await sleep(50);
  block();
});
app.get("/in-finish", (_request, response) => {
  response.on("finish", block);
  response.send("x");
});
app.get("/call-in-finish", (_request, response) => {
  response.on("finish", () => execSync(`sleep ${BLOCK_MS / 1000}`));
  response.send("x");
});
app.get("/named/:id", (request, response) => {
  response.on("finish", () => {
    label(`GET ${request.route.path}`);
    block();
  });
  response.send("x");
});

const server = app.listen(0, "127.0.0.1", async () => {
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  // The helper that probes blocked threads takes a moment to start.
  await sleep(1000);
  /** @type {Record<string, any[]>} */
  const byPath = {};
  for (const path of ["/sync-after-send", "/async-after-send", "/in-finish", "/call-in-finish", "/named/7"]) {
    reports = byPath[path] = [];
    await (await fetch(`http://127.0.0.1:${port}${path}`)).text();
    await sleep(BLOCK_MS + 500);
  }
  console.log(JSON.stringify(byPath));
  process.exit();
});
