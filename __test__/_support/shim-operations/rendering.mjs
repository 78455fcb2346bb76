import { createRequire } from "node:module";
import { join } from "node:path";
import { EXAMPLE } from "../example.mjs";

// What programs do with the states of a render: locale, place, head.

const require = createRequire(join(EXAMPLE, "package.json"));
const { createElement } = require("react");
const { renderToStaticMarkup } = require("react-dom/server");

const LOCALES = [{ locale: "de" }, { locale: "fr" }, null, { locale: "ar", domains: [] }];

/** @type {import("../shim-operations.mjs").Shim} */
export const i18nState = {
  modules: ["shims/i18n-context"],
  fallback: "vinext.i18n.fallback",
  scopes: { runWithI18nState: (copy, fn) => copy.runWithI18nState(fn) },
  acts: { set: (copy, arg) => copy.setI18nContext(LOCALES[arg % LOCALES.length]) },
  read: (copy) => copy.getI18nContext(),
};

const PLACES = [
  { pathname: "/posts/[id]", query: { id: "1" }, asPath: "/posts/1?q=2" },
  null,
  { pathname: "/", query: {}, asPath: "/", isFallback: true },
  { pathname: "", query: {}, asPath: "//bad url", navigationIsReady: false },
];

/** @type {import("../shim-operations.mjs").Shim} */
export const routerState = {
  modules: ["shims/router", "shims/internal/route-pattern-for-warning"],
  fallback: "vinext.router.fallback",
  scopes: { runWithRouterState: (copy, fn) => copy.runWithRouterState(fn) },
  acts: { set: (copy, arg) => copy.setSSRContext(PLACES[arg % PLACES.length]) },
  read: (copy) => [copy.getPagesNavigationContext(), copy.getCurrentRoutePathnameForWarning()],
};

/** @type {import("../shim-operations.mjs").Shim} */
export const navigationState = {
  modules: ["shims/navigation-context-state"],
  fallback: "vinext.navigation.fallback",
  scopes: {
    runWithNavigationContext: (copy, fn) => copy.runWithNavigationContext(fn),
    runWithServerInsertedHTMLState: (copy, fn) => copy.runWithServerInsertedHTMLState(fn),
  },
  acts: {
    set: (copy, arg) => copy.setNavigationContext(PLACES[arg % PLACES.length]),
    register: (copy, arg) => copy.registerServerInsertedHTMLCallback(() => (arg === 4 ? null : `style ${arg}`)),
    flush: (copy) => copy.flushServerInsertedHTML(),
    clear: (copy) => copy.clearServerInsertedHTML(),
  },
  read: (copy) => [
    copy.getNavigationContext(),
    copy.renderServerInsertedHTML(),
    globalThis[copy.GLOBAL_ACCESSORS_KEY].getServerContext(),
    globalThis[copy.GLOBAL_ACCESSORS_KEY].getInsertedHTMLCallbacks().length,
  ],
};

const meta = (arg) => createElement("meta", { name: `name ${arg % 3}`, content: `${arg}`, key: arg });

/** @type {import("../shim-operations.mjs").Shim} */
export const headState = {
  modules: ["shims/head"],
  fallback: "vinext.head.fallback",
  scopes: { runWithHeadState: (copy, fn) => copy.runWithHeadState(fn) },
  acts: {
    render: (copy, arg) => renderToStaticMarkup(createElement(copy.defaults["shims/head"], null, meta(arg))),
    reset: (copy) => copy.resetSSRHead(),
    document: (copy, arg) => copy.setDocumentInitialHead([meta(arg)]),
  },
  read: (copy) => copy.getSSRHeadHTML(),
};
