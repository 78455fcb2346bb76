import assert from "node:assert/strict";
import { test } from "node:test";
import express from "express";
import { backend, store } from "../../js/index.js";
import { serve as diagnose, histograms, inFlight, label, trackRequests } from "../../js/inspect.js";
import { codeOf } from "../_support/code-of.mjs";
import { cleanups, serve, serveHttp2 } from "../_support/tracked.mjs";
import { until } from "../_support/wait.mjs";

const SECRET = "s3cr3t";

/** @param {NonNullable<Parameters<typeof trackRequests>[0]>["labelPaths"]} [labelPaths] */
function track(labelPaths) {
  const handle = trackRequests({ labelPaths });
  cleanups.push(() => handle.stop());
  return handle;
}

/** Everything that onescope shows of this process. */
async function shown() {
  const parts = [JSON.stringify(store.contexts({ children: true, closed: true })), JSON.stringify(inFlight())];
  if (backend === "js") return parts.join("\n");
  parts.push(JSON.stringify(histograms()));
  const diagnosed = diagnose({ port: 0 });
  cleanups.push(() => diagnosed.stop());
  for (const path of ["/in-flight", "/counters", "/metrics", "/leaks"]) {
    parts.push(await (await fetch(new URL(path, diagnosed.url))).text());
  }
  return parts.join("\n");
}

test("a hidden path is shown nowhere; a route and label() are", async () => {
  track("hide");
  const app = express();
  app.get("/reset/:token", async (_request, response) => response.send(await shown()));
  app.get("/named/{*rest}", async (_request, response) => {
    label("by hand");
    response.send(await shown());
  });
  app.use("/files/:token", express.static("nowhere"));
  app.use(async (_request, response) => response.status(404).send(await shown()));
  const { origin } = await serve(app);
  for (const [path, expected] of [
    [`/reset/${SECRET}`, "GET /reset/:token"],
    [`/named/${SECRET}`, "by hand"],
    [`/files/${SECRET}/missing`, "GET (no route)"],
    [`/${SECRET}?${SECRET}`, "GET (no route)"],
  ]) {
    const text = await (await fetch(origin + path)).text();
    assert.ok(text.includes(`"label":"${expected}"`), expected);
    assert.ok(!text.includes(SECRET), text);
  }
  const text = await (await fetch(`${origin}/${SECRET}`, { method: "QUERY" })).text();
  assert.ok(text.includes(`"label":"QUERY (no route)"`), text);
});

test("a hidden path is hidden too where the method is the client's, over HTTP/2", async () => {
  track("hide");
  const session = await serveHttp2(async (_request, response) => response.end(await shown()));
  const stream = session.request({ ":method": SECRET.toUpperCase(), ":path": `/${SECRET}` }).end();
  const text = (await stream.setEncoding("utf8").toArray()).join("");
  assert.ok(text.includes('"label":"other method (no route)"'), text);
  assert.ok(!text.toLowerCase().includes(SECRET), text);
});

test("paths are hidden while any handle asks for it", async () => {
  track();
  const { origin } = await serve((_request, response) => response.end(inFlight()[0].label));
  const see = async () => (await fetch(`${origin}/path`)).text();
  assert.equal(await see(), "GET /path");
  const hiding = track("hide");
  assert.equal(await see(), "GET (no route)");
  hiding.stop();
  hiding.stop();
  assert.equal(await see(), "GET /path");
  await until(inFlight, (found) => found.length === 0);
});

test("an unknown value is refused", () => {
  for (const labelPaths of ["Hide", true, null]) {
    assert.equal(
      codeOf(() => trackRequests({ labelPaths: /** @type {any} */ (labelPaths) })),
      "ERR_ONESCOPE_OPTION",
    );
  }
  assert.equal(
    codeOf(() => trackRequests(/** @type {any} */ (null))),
    "ERR_ONESCOPE_OPTION",
  );
});
