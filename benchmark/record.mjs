// Records the context operations of one warm request of each kind from the real production server of the example app,
// built with stock vinext, and writes them to recordings/. Needs `npm run setup` in the checkout's root.

import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { routes } from "../examples/vinext-app/routes.mjs";
import { node24, ROOT } from "../scripts/setup.mjs";
import { main } from "./_util/main.mjs";
import { compact, print } from "./recorder/compact.mjs";
import { buildRecordedApp, startRecordedServer } from "./recorder/server.mjs";

/** By name of the recording, the route of the example (its routes.mjs) and what the request is. */
const REQUESTS = {
  "route-handler": ["route handler get", "a route handler that reads headers() and cookies() and sets a cookie"],
  page: ["dynamic page", "a page whose metadata and components read headers() and cookies()"],
  "isr-hit": ["isr page", "a page that is in the cache"],
  "server-action": ["action by fetch", "a server action called by fetch"],
  "pages-page": ["pages ssr", "a Pages Router page with getServerSideProps"],
};

/** Repetitions of all routes before the recording: modules are loaded, caches filled, storages in use. */
const WARM_UP = 3;
const ID = "rq-00000001";

const HOW =
  "Made by `node record.mjs`: the production server of examples/vinext-app with stock vinext, one warm request with no other in flight. README.md beside this file says what the steps mean.";

const HELP = `Records the context operations of one warm request of each kind, and writes them to recordings/.

Usage: node record.mjs [-h, --help]
`;

await main(async () => {
  const { values } = parseArgs({ options: { help: { type: "boolean", short: "h" } } });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const app = buildRecordedApp();
  const server = await startRecordedServer(app);
  try {
    const setups = new Map();
    for (const route of routes) if (route.setup) setups.set(route, await route.setup(server.origin));
    const send = async (/** @type {any} */ route) => {
      const setup = setups.get(route);
      const { method } = route;
      const options = { method, headers: route.headers(ID, setup), body: route.body?.(ID, setup) };
      const response = await fetch(server.origin + route.path(ID), { ...options, redirect: "manual" });
      await response.arrayBuffer();
      if (response.status !== route.expectStatus) throw new Error(`${route.name} responded ${response.status}`);
    };
    for (let repetition = 0; repetition < WARM_UP; repetition++) for (const route of routes) await send(route);
    for (const [name, [routeName, what]] of Object.entries(REQUESTS)) {
      const route = routes.find((each) => each.name === routeName);
      // Cached pages of the example grow stale after a second.
      await send(route);
      await send(route);
      const recorded = compact(await server.record(() => send(route)));
      const request = `${route.method} ${route.path(ID)}: ${what}`;
      const text = print({ request, how: HOW, versions: versions(), ...recorded });
      writeFileSync(new URL(`recordings/${name}.json`, import.meta.url), text);
    }
  } finally {
    server.stop();
    rmSync(app, { recursive: true, force: true });
  }
});

function versions() {
  const installed = (/** @type {string} */ name) =>
    JSON.parse(readFileSync(join(ROOT, "examples/vinext-app/node_modules", name, "package.json"), "utf8")).version;
  const node = execFileSync(node24(), ["--version"], { encoding: "utf8" }).trim().slice(1);
  return { node, vinext: installed("vinext"), react: installed("react"), vite: installed("vite") };
}
