import { createServer as createHttp2Server } from "node:http2";
import Router from "@koa/router";
import Koa from "koa";
import mount from "koa-mount";
import { act, label, listening } from "./act.mjs";

export const serve = () => listening(koaApp().listen(0, "127.0.0.1"));

export const serveHttp2 = () => listening(createHttp2Server(koaApp().callback()).listen(0, "127.0.0.1"));

function koaApp() {
  const app = new Koa();
  app.use(async (context, next) => {
    try {
      await next();
    } catch {
      context.status = 500;
      context.body = label();
    }
  });
  const router = new Router({ prefix: "/api" });
  router.use(async (context, next) => {
    if (context.get("authorization") !== "none") return next();
    context.status = 401;
    context.body = label();
  });
  const respond = async (context) => {
    context.body = await act(context.params.id);
  };
  router.get("/users/me", respond);
  router.get("/users/:id", respond);
  router.get("/thrown/:id", () => {
    throw new Error("thrown on purpose");
  });
  const nested = new Router();
  nested.get("/posts/:id", respond);
  router.use("/teams/:team", nested.routes());
  app.use(router.routes()).use(router.allowedMethods());
  const inner = new Koa();
  inner.use(new Router().get("/pages/:id", respond).routes());
  app.use(mount("/admin", inner));
  return app;
}
