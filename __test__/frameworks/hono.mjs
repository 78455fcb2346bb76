import { createServer as createHttp2Server } from "node:http2";
import { serve as serveHono } from "@hono/node-server";
import { Hono } from "hono";
import { act, label, listening } from "./act.mjs";

/** @param {object} [options] */
export const serve = (options) => {
  return listening(serveHono({ fetch: honoApp().fetch, port: 0, hostname: "127.0.0.1", ...options }));
};

export const serveHttp2 = () => serve({ createServer: createHttp2Server });

function honoApp() {
  const app = new Hono();
  app.use(async (_context, next) => next());
  app.use("/api/*", async (context, next) => {
    if (context.req.header("authorization") === "none") return context.text(label(), 401);
    await next();
  });
  const api = new Hono();
  api.get("/users/:id", async (context) => context.text(String(await act(context.req.param("id")))));
  api.get("/thrown/:id", () => {
    throw new Error("thrown on purpose");
  });
  const nested = new Hono();
  nested.all("/posts/:post", (context) => context.text(label()));
  api.route("/teams/:team", nested);
  app.route("/api", api);
  app.get("/self", async (context) => {
    await app.request("/api/users/1");
    return context.text(label());
  });
  app.use("/static/*", (context) => context.text(label()));
  app.onError((_error, context) => context.text(label(), 500));
  return app;
}
