import "reflect-metadata";
import { Controller, Get, Module, Req } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { ExpressAdapter } from "@nestjs/platform-express";
import { FastifyAdapter } from "@nestjs/platform-fastify";
import { act, listening } from "./act.mjs";

export const serveOnExpress = () => serve(new ExpressAdapter());

export const serveOnFastify = () => serve(new FastifyAdapter());

/** @param {any} adapter */
async function serve(adapter) {
  class Users {
    find(...[request]) {
      return act(request.params.id);
    }
    thrown() {
      throw new Error("thrown on purpose");
    }
  }
  // What a compiler makes of decorators.
  const method = (name, path) =>
    Get(path)(Users.prototype, name, Object.getOwnPropertyDescriptor(Users.prototype, name));
  method("find", "users/:id");
  method("thrown", "thrown/:id");
  Req()(Users.prototype, "find", 0);
  Controller("api")(Users);
  class App {}
  Module({ controllers: [Users] })(App);
  const app = await NestFactory.create(App, adapter, { logger: false });
  await app.listen(0, "127.0.0.1");
  return listening(app.getHttpServer());
}
