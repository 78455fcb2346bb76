import { actions } from "./actions.mjs";
import { app } from "./app.mjs";
import { caches } from "./caches.mjs";
import { pages } from "./pages.mjs";
import { streams } from "./streams.mjs";

/** @typedef {import("../client.mjs").Client} Client */

/**
 * Conversations with the fixture app, by name. Each depends on its own requests only, so that any number of them can run
 * at the same time.
 *
 * @type {Record<string, (client: Client) => Promise<void>>}
 */
export const SCENARIOS = { ...app, ...actions, ...caches, ...streams, ...pages };

/**
 * Conversations about what all requests share, which the first one changes: they run once per server, one by one.
 *
 * @type {Record<string, (client: Client) => Promise<void>>}
 */
export const ONCE = {
  "shared by all requests": async (client) => {
    for (const path of ["/robots.txt", "/items/first", "/items/second", "/legacy/isr/built"]) {
      for (const label of ["first", "second"]) await client.send(`${path}, ${label}`, path, { bare: true });
    }
    await client.navigate("navigation", "/items/first", { bare: true });
  },
};
