import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { BENCHMARK, ROOT } from "../_util/root.mjs";
import { next } from "./next.mjs";

const REGISTER = ["--import", pathToFileURL(join(ROOT, "js/register.js")).href];

/** What the results name the versions of, as folders under node_modules. */
export const NEXT_PACKAGE = "../others/next/node_modules/next";
export const PACKAGES = [
  "fastify",
  "@fastify/otel",
  "@opentelemetry/sdk-trace",
  "@opentelemetry/instrumentation-http",
  "express",
  "@nestjs/core",
  "nestjs-cls",
];

/** What each request carries. */
const headers = {
  "x-request-id": "5f2c",
  "x-tenant": "acme",
  "x-user": "ada",
  cookie: "theme=dark",
  traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
};

/** @typedef {import("../_util/whole-server/measure.mjs").Target} Target */

/**
 * @param {string} name
 * @param {Record<string, string>} paths by name of the route
 * @param {{ args: string[], cwd: string, env?: Record<string, string> }} program
 * @returns {Target}
 */
function target(name, paths, { args, cwd, env }) {
  return {
    name,
    start: (variant, { path, flags }) => ({
      command: path,
      args: [...flags, ...(variant === "register" ? REGISTER : []), ...args],
      cwd,
      env,
    }),
    announcement: /(http:\/\/127\.0\.0\.1:\d+)/,
    routes: Object.entries(paths).map(([route, path]) => ({ name: route, path, headers })),
  };
}

/** @param {string} file */
const own = (file) => ({ args: [join(BENCHMARK, "others", file)], cwd: BENCHMARK });

export const nextTarget = target(
  "Next.js",
  {
    "dynamic page": "/orders",
    "streamed page": "/stream",
    "route handler": "/api/orders/7",
    "Pages Router API": "/api/legacy",
  },
  next,
);

export const targets = [
  target("Fastify with OpenTelemetry", { "six awaits": "/orders/7", "no await": "/ping" }, own("fastify.mjs")),
  target("Express with 12 storages", { "ten awaits": "/orders/7" }, own("express.mjs")),
  target("NestJS with nestjs-cls", { "six awaits": "/orders/7" }, own("nest.mjs")),
];
