import { currentTracked } from "../../store/tracked.js";
import { pathname } from "../pathname.js";

// @koa/router puts the path of each layer that it enters on Koa's context, and koa-mount its prefix, before it takes that from the
// path. Koa lets a program add properties to the prototype of its contexts: these take what is assigned. They stay when tracking
// stops: contexts in use have their values there.

/**
 * @typedef {object} KoaContext
 * @property {string} originalUrl
 * @property {string} path without the mounts that koa-mount entered
 * @property {Array<{ path: unknown, methods: string[] }>} [matched] layers of routers: routes, and middleware without methods
 * @property {unknown} [ROUTE]
 * @property {unknown} [PREFIX]
 * @property {string} [MOUNT] prefixes of all mounts that were entered
 */

export const KOA = /[\\/]koa[\\/]lib[\\/]context\.js$/;

const ROUTE = Symbol("onescope.matchedRoute");
const PREFIX = Symbol("onescope.mountPath");
const MOUNT = Symbol("onescope.mount");

const PROPERTIES = {
  _matchedRoute: observed(ROUTE, onRoute),
  mountPath: observed(PREFIX, onMount),
};

let on = false;

/**
 * @param {symbol} key where a context keeps what is assigned
 * @param {(context: any, value: any) => void} onAssigned
 * @returns {PropertyDescriptor & ThisType<any>}
 */
function observed(key, onAssigned) {
  return {
    get() {
      return this[key];
    },
    set(value) {
      this[key] = value;
      if (on) onAssigned(this, value);
    },
    configurable: true,
  };
}

/** @returns {() => void} ends it */
export function watchKoa() {
  on = true;
  return () => {
    on = false;
  };
}

/** @param {object} prototype of the contexts of a copy of Koa */
export function observeKoa(prototype) {
  for (const [name, property] of Object.entries(PROPERTIES)) {
    if (Object.hasOwn(prototype, name) || !Object.isExtensible(prototype)) continue;
    Object.defineProperty(prototype, name, property);
  }
}

/**
 * @param {KoaContext} context
 * @param {unknown} route path of a layer
 */
function onRoute(context, route) {
  try {
    if (isRoute(context, route)) currentTracked()?.replaceRoute?.(mountOf(context) + String(route));
  } catch {
    // The context is the program's, and the router goes on.
  }
}

/**
 * @param {any} context
 * @param {string} prefix which is still in the path
 */
function onMount(context, prefix) {
  try {
    context[MOUNT] = mountOf(context) + (prefix.endsWith("/") ? prefix.slice(0, -1) : prefix);
  } catch {
    // As above.
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
 * @param {any} context
 * @returns {string} what koa-mount took from the path: texts of the program, not of the client
 */
function mountOf({ originalUrl, path, [MOUNT]: mount }) {
  if (mount === undefined) return "";
  const whole = pathname(originalUrl);
  // It has left the mount.
  if (whole === path) return "";
  if (whole === mount + path || (whole === mount && path === "/")) return mount;
  // Other middleware has changed the path.
  return "/*";
}
