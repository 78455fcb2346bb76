import module from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { currentTracked } from "../../store/tracked.js";
import { loadedModules } from "./loaded-modules.js";

// Hono asks its router for the handlers of each request, with the route of each. By default that is a SmartRouter, which a program
// can import too; the first request makes it choose the router that responds from then on.

/**
 * @typedef {{ path?: unknown, method?: unknown }} Route
 * @typedef {[Array<[[unknown, Route], unknown]>, ...unknown[]]} Matched handlers in their order, the first for all is middleware
 * @typedef {(this: unknown, method: string, path: string) => Matched} Match
 * @typedef {{ match: Match }} Router
 */

const ENTRY = "hono/router/smart-router";
const COMMONJS = /[\\/]hono[\\/]dist[\\/]cjs[\\/]router[\\/]smart-router[\\/]router\.js$/;
const FOLDER = /([\\/]dist)[\\/]cjs([\\/])/;

/** @type {Map<Router, { original: PropertyDescriptor, match: Match }>} prototypes whose `match` is replaced */
const replaced = new Map();

let on = false;

/** Starts to read the routes of all copies of Hono that are loaded, and soon of the one that the program imports. */
export function watchHono() {
  on = true;
  for (const loaded of loadedModules(COMMONJS)) observe(loaded);
  const file = moduleOfProgram();
  if (file === undefined) return;
  const url = pathToFileURL(file).href;
  import(/* @vite-ignore */ /* webpackIgnore: true */ /* turbopackIgnore: true */ url).then(observe).catch(() => {});
}

export function unwatchHono() {
  on = false;
  for (const [prototype, { original, match }] of replaced) {
    if (prototype.match === match) Object.defineProperty(prototype, "match", original);
  }
  replaced.clear();
}

/** @returns {string | undefined} the file that the program gets if it imports Hono's router */
function moduleOfProgram() {
  for (const from of [process.argv[1], join(process.cwd(), "server.js")]) {
    try {
      const file = module.createRequire(from).resolve(ENTRY);
      if (FOLDER.test(file)) return file.replace(FOLDER, "$1$2");
    } catch {
      // It has no Hono, or this file is not one to import from.
    }
  }
  return undefined;
}

/** @param {any} module */
function observe(module) {
  /** @type {Router | undefined} */
  const prototype = module?.SmartRouter?.prototype;
  if (!on || prototype === undefined || replaced.has(prototype)) return;
  const original = Object.getOwnPropertyDescriptor(prototype, "match");
  if (typeof original?.value !== "function" || !original.configurable) return;
  /** @type {Match} */
  const firstMatch = function (method, path) {
    const matched = original.value.call(this, method, path);
    if (on) {
      observeChosen(/** @type {Router} */ (this));
      onMatch(matched);
    }
    return matched;
  };
  Object.defineProperty(prototype, "match", { ...original, value: firstMatch });
  replaced.set(prototype, { original, match: firstMatch });
}

/** @param {Router} router which has chosen */
function observeChosen(router) {
  const match = Object.getOwnPropertyDescriptor(router, "match");
  if (typeof match?.value !== "function" || !match.writable) return;
  const { value } = match;
  router.match = (method, path) => {
    const matched = value.call(router, method, path);
    if (on) onMatch(matched);
    return matched;
  };
}

/** @param {Matched} matched */
function onMatch(matched) {
  const request = currentTracked();
  const handlers = matched?.[0];
  // The first one: a handler can pass the request on to another app.
  if (request?.setRoute !== undefined && Array.isArray(handlers)) request.setRoute(routeOf(handlers), false);
}

/**
 * Which handler will respond is not known yet: the first one of the request's method, or one for all methods, unless it matches any path.
 *
 * @param {Matched[0]} handlers
 * @returns {unknown} its path
 */
function routeOf(handlers) {
  let found;
  let rank = 0;
  for (const handler of handlers) {
    const { path, method } = handler?.[0]?.[1] ?? {};
    if (typeof path !== "string") continue;
    const isWild = path.endsWith("*");
    if (method !== "ALL") {
      if (!isWild) return path;
      if (rank < 2) [found, rank] = [path, 2];
    } else if (!isWild) {
      [found, rank] = [path, 3];
    } else if (rank < 2 && path !== "/*") {
      [found, rank] = [path, 1];
    }
  }
  return found;
}
