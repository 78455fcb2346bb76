export { default as Router } from "@koa/router";
export { default as Koa } from "koa";
export { default as mount } from "koa-mount";
