import assert from "node:assert/strict";
import { test } from "node:test";
import { histograms, trackRequests } from "../../js/inspect.js";
import { until } from "../_support/wait.mjs";
import { client, label } from "../frameworks/act.mjs";
import { Koa, mount, Router } from "../frameworks/koa-packages.mjs";

const SECRET = "s3cret";

/** @param {import("node:test").TestContext} t */
function track(t) {
  const tracking = trackRequests({ labelPaths: "hide" });
  t.after(() => tracking.stop());
  return tracking;
}

const respond = (/** @type {any} */ context) => {
  context.body = label();
};

test("labels have the prefixes of mounts, and nothing that a client sent", async (t) => {
  track(t);
  const app = new Koa();
  const users = new Router().get("/u/:id", respond).get("/", respond).routes();
  const strip = (/** @type {any} */ context, /** @type {() => unknown} */ next) => {
    context.path = context.path.replace(/^\/locale-[^/]+/, "");
    return next();
  };
  app.use(mount("/passed", (_context, next) => next()));
  app.use(mount("/api", users));
  app.use(mount("/outer", mount("/inner", users)));
  app.use(mount("/within", new Koa().use(strip).use(users)));
  app.use(new Router().get("/passed/:id", respond).routes());
  app.use(strip).use(mount("/before", users));
  const get = await client(t, app);
  for (const [target, expected] of [
    ["/api/u/1", "GET /api/u/:id"],
    ["/api", "GET /api/"],
    ["/api/", "GET /api/"],
    ["/outer/inner/u/1", "GET /outer/inner/u/:id"],
    ["/passed/1", "GET /passed/:id"],
    [`/within/locale-${SECRET}/u/1`, "GET /*/u/:id"],
    [`/locale-${SECRET}/before/u/1`, "GET /*/u/:id"],
    [`http://user:${SECRET}@evil.example/api/u/1?${SECRET}`, "GET /api/u/:id"],
    [`http://user:${SECRET}@evil.example/outer/inner/u/1`, "GET /outer/inner/u/:id"],
  ]) {
    assert.equal(await get(target), expected, target);
  }
  assert.equal(await get(`//${SECRET}/api/u/1`), "Not Found");
  const found = await until(histograms, (all) => all.some((each) => each.label === "GET (no route)"));
  assert.ok(!JSON.stringify(found).includes(SECRET), JSON.stringify(found));
});

test("what the program reads of its contexts is the same after stop(), and it can start again", async (t) => {
  const tracking = track(t);
  const app = new Koa();
  const router = new Router();
  router.get("/:id", (/** @type {any} */ context) => {
    if (context.query.stop) tracking.stop();
    context.body = `${context._matchedRoute} ${context.mountPath}`;
  });
  router.get("/labelled/:id", respond);
  app.use(mount("/api", router.routes()));
  const get = await client(t, app);
  for (const target of ["/api/1", "/api/1?stop=1", "/api/1"]) assert.equal(await get(target), "/:id /api", target);
  track(t);
  assert.equal(await get("/api/labelled/1"), "GET /api/labelled/:id");
});
