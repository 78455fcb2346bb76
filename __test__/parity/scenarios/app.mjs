// The App Router's pages, route handlers and metadata routes, and the middleware before them.

/** @typedef {import("../client.mjs").Client} Client */

export const app = {
  page: async (/** @type {Client} */ client) => {
    await client.send("page", "/page-state");
    await client.navigate("navigation", "/page-state");
    await client.send("navigation without its mark", "/page-state", { headers: { rsc: "1" } });
    await client.send("head", "/page-state", { method: "HEAD" });
  },

  "page with parameters": async (/** @type {Client} */ client) => {
    await client.send("page", `/items/${client.id}`);
    await client.navigate("navigation", `/items/${client.id}`);
  },

  "root parameters": async (/** @type {Client} */ client) => {
    await client.send("page", `/root/${client.id}/x`);
    await client.navigate("navigation", `/root/${client.id}/x`);
  },

  "route handler": async (/** @type {Client} */ client) => {
    client.cookies.set("doomed", "1");
    await client.send("get", "/api/echo");
    const headers = { "content-type": "application/json" };
    await client.send("post", "/api/echo", { method: "POST", headers, body: JSON.stringify({ rid: client.id }) });
    await client.send("head", "/api/echo", { method: "HEAD" });
    await client.send("no such method", "/api/echo", { method: "DELETE" });
  },

  "draft mode": async (/** @type {Client} */ client) => {
    await client.send("off", "/page-state");
    await client.send("turned on", "/api/draft?mode=on");
    await client.send("on", "/page-state");
    await client.send("draft", "/api/draft?mode=");
    await client.send("turned off", "/api/draft?mode=off");
    await client.send("off again", "/page-state");
  },

  "redirect and not found": async (/** @type {Client} */ client) => {
    await client.send("page redirects", "/redirect");
    await client.navigate("page redirects a navigation", "/redirect");
    await client.send("page finds nothing", "/missing");
    await client.navigate("navigation finds nothing", "/missing");
    await client.send("handler redirects", "/api/redirect");
    await client.send("handler redirects for good", "/api/redirect?permanent=1");
    await client.send("handler finds nothing", "/api/missing");
    await client.send("unknown path", "/no-such-page");
  },

  "metadata route": async (/** @type {Client} */ client) => {
    await client.send("sitemap", "/sitemap.xml");
    await client.send("head", "/sitemap.xml", { method: "HEAD" });
  },

  middleware: async (/** @type {Client} */ client) => {
    await client.send("rewrites", "/rewritten");
    await client.send("redirects", "/redirected");
  },
};
