import { currentTracked } from "../../store/tracked.js";
import { loadedModules } from "./loaded-modules.js";

// @koa/router puts the path of each layer that it enters on Koa's context. Koa lets a program add properties to the prototype of
// its contexts: this one takes what the router assigns.

/**
 * @typedef {object} KoaContext
 * @property {string} [originalUrl]
 * @property {string} [path] without the mounts that koa-mount entered
 * @property {string} [mountPath] of koa-mount
 * @property {Array<{ path: unknown, methods: string[] }>} [matched] layers of routers: routes, and middleware without methods
 * @property {unknown} [VALUE]
 */

const NAME = "_matchedRoute";
const VALUE = Symbol("onescope.matchedRoute");
const CONTEXT = /[\\/]koa[\\/]lib[\\/]context\.js$/;

/** @type {Set<object>} prototypes that have the property */
const prototypes = new Set();

/** Adds the property to the prototypes of all copies of Koa that are loaded. */
export function watchKoa() {
  for (const prototype of loadedModules(CONTEXT)) {
    if (prototypes.has(prototype) || Object.hasOwn(prototype, NAME) || !Object.isExtensible(prototype)) continue;
    Object.defineProperty(prototype, NAME, { get: getRoute, set: onRoute, configurable: true });
    prototypes.add(prototype);
  }
}

export function unwatchKoa() {
  for (const prototype of prototypes) {
    if (Object.getOwnPropertyDescriptor(prototype, NAME)?.set === onRoute) Reflect.deleteProperty(prototype, NAME);
  }
  prototypes.clear();
}

/** @this {any} Koa's context */
function getRoute() {
  return this[VALUE];
}

/**
 * @this {any} Koa's context
 * @param {unknown} route
 */
function onRoute(route) {
  this[VALUE] = route;
  const request = currentTracked();
  if (request?.replaceRoute === undefined) return;
  try {
    if (isRoute(this, route)) request.replaceRoute(mountOf(this) + String(route));
  } catch {
    // The context is the program's, and the router goes on.
  }
}

/**
 * @param {KoaContext} context
 * @param {unknown} route path of a layer
 */
function isRoute({ matched }, route) {
  return !Array.isArray(matched) || matched.some(({ path, methods }) => path === route && methods?.length > 0);
}

/**
 * @param {KoaContext} context
 * @returns {string} what koa-mount took from the path: texts of the program, not of the client
 */
function mountOf({ mountPath, originalUrl, path }) {
  if (typeof mountPath !== "string" || typeof originalUrl !== "string" || typeof path !== "string") return "";
  const whole = originalUrl.replace(/\?.*/s, "");
  const mount = whole.endsWith(path) ? whole.slice(0, -path.length) : whole;
  const inner = mountPath.endsWith("/") ? mountPath.slice(0, -1) : mountPath;
  return mount.endsWith(inner) ? mount : inner;
}
