import module from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { currentTracked } from "../../store/tracked.js";

// Hono asks its router for the handlers of each request, with the route of each. By default that is a SmartRouter, which a program
// can import too; the first request makes it choose the router that responds from then on. What is replaced stays when tracking stops.

/**
 * @typedef {{ path?: unknown, method?: unknown }} Route
 * @typedef {[Array<[[unknown, Route], unknown]>, ...unknown[]]} Matched handlers in their order, the first for all is middleware
 * @typedef {(this: unknown, method: string, path: string) => Matched} Match
 * @typedef {{ match: Match }} Router
 */

export const HONO = /[\\/]hono[\\/]dist[\\/]cjs[\\/]router[\\/]smart-router[\\/]router\.js$/;
const ENTRY = "hono/router/smart-router";
const FOLDER = /([\\/]dist)[\\/]cjs([\\/])/;

/** @type {WeakSet<Router>} prototypes whose `match` is replaced */
const replaced = new WeakSet();

/** @type {string | undefined | null} the program's main file when its copy of Hono was looked for last */
let main = null;

let on = false;

/** @returns {() => void} ends it */
export function watchHono() {
  on = true;
  return () => {
    on = false;
  };
}

/** Observes the copy of Hono that the program would import, or has imported. */
export function observeProgramsHono() {
  // Some launchers set the main file late.
  if (process.argv[1] === main) return;
  main = process.argv[1];
  const file = moduleOfProgram();
  if (file === undefined) return;
  const url = pathToFileURL(file).href;
  import(/* @vite-ignore */ /* webpackIgnore: true */ /* turbopackIgnore: true */ url)
    .then(observeHono)
    .catch(() => {});
}

/** @returns {string | undefined} the file that the program gets if it imports Hono's router */
function moduleOfProgram() {
  for (const from of [process.argv[1], "server.js"]) {
    try {
      const file = module.createRequire(resolve(from)).resolve(ENTRY);
      if (FOLDER.test(file)) return file.replace(FOLDER, "$1$2");
    } catch {
      // It has no Hono, or this file is not one to import from.
    }
  }
  return undefined;
}

/** @param {any} module */
export function observeHono(module) {
  /** @type {Router | undefined} */
  const prototype = module?.SmartRouter?.prototype;
  if (prototype === undefined || replaced.has(prototype)) return;
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
  replaced.add(prototype);
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
