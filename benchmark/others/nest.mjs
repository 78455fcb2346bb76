// NestJS on Express with nestjs-cls, the usual package for state of a request there.

import "reflect-metadata";
import { Controller, Get, Inject, Module, Param } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { ClsModule, ClsService } from "nestjs-cls";
import { announce } from "./announce.mjs";
import { step } from "./step.mjs";

const AWAITS = 6;

class Orders {
  /** @param {ClsService} cls */
  constructor(cls) {
    this.cls = cls;
  }

  /** @param {string} id */
  async find(id) {
    this.cls.set("order", id);
    for (let number = 0; number < AWAITS; number++) {
      await step(number, null);
      this.cls.set("steps", number + 1);
    }
    const { cls } = this;
    return { request: cls.getId(), user: cls.get("user"), order: cls.get("order"), steps: cls.get("steps") };
  }
}

class App {}

// What a compiler makes of decorators.
Get(":id")(Orders.prototype, "find", /** @type {any} */ (Object.getOwnPropertyDescriptor(Orders.prototype, "find")));
Param("id")(Orders.prototype, "find", 0);
Inject(ClsService)(Orders, undefined, 0);
Controller("orders")(Orders);
const middleware = {
  mount: true,
  generateId: true,
  idGenerator: (/** @type {any} */ request) => request.headers["x-request-id"] ?? "none",
  setup: (/** @type {ClsService} */ cls, /** @type {any} */ request) => cls.set("user", request.headers["x-user"]),
};
Module({ imports: [ClsModule.forRoot({ global: true, middleware })], controllers: [Orders] })(App);

const app = await NestFactory.create(App, { logger: ["error", "warn"] });
await app.listen(0, "127.0.0.1");
announce(app.getHttpServer());
