// The Pages Router.

/** @typedef {import("../client.mjs").Client} Client */

const FRENCH = "/fr/legacy";

export const pages = {
  "pages ssr": async (/** @type {Client} */ client) => {
    await client.send("english", "/legacy/ssr");
    await client.send("french", `${FRENCH}/ssr`);
    await client.send("data", "/_next/data/parity/en/legacy/ssr.json");
    await client.send("head", "/legacy/ssr", { method: "HEAD" });
  },

  "pages api": async (/** @type {Client} */ client) => {
    client.cookies.set("doomed", "1");
    await client.send("get", "/api/legacy/echo");
    const headers = { "content-type": "application/json" };
    await client.send("post", "/api/legacy/echo", {
      method: "POST",
      headers,
      body: JSON.stringify({ rid: client.id }),
    });
  },

  "pages isr": async (/** @type {Client} */ client) => {
    const path = `/legacy/isr/${client.id}`;
    await client.send("first", path, { bare: true });
    await client.send("hit", path, { bare: true });
    await client.send("french", `/fr${path}`, { bare: true });
    await client.send("revalidate", `/api/legacy/revalidate?path=${path}`);
    await client.send("after it", path, { bare: true });
    await client.send("french is as it was", `/fr${path}`, { bare: true });
  },

  "pages middleware": async (/** @type {Client} */ client) => {
    await client.send("unknown path", "/legacy/none");
  },
};
