// What outlives a request. Every key and tag contains the conversation's id, and everything is valid for an hour, so what is
// made anew is what the conversation revalidates, and nothing else.

/** @typedef {import("../client.mjs").Client} Client */

/**
 * @param {Client} client
 * @param {string} label
 * @param {{ tag?: string, path?: string, profile?: string }} what
 */
function revalidate(client, label, what) {
  const headers = { "content-type": "application/json" };
  return client.send(label, "/api/revalidate", { method: "POST", headers, body: JSON.stringify(what) });
}

/** @param {string} kind */
const data = (kind) => async (/** @type {Client} */ client) => {
  await client.send("first", `/cached/${kind}`);
  await client.send("again", `/cached/${kind}`);
  await revalidate(client, "revalidate", { tag: `tag-${client.id}` });
  await client.send("one of two is new", `/cached/${kind}`);
  await client.navigate("navigation", `/cached/${kind}`);
};

/** @param {string} path */
const isr = (path) => async (/** @type {Client} */ client) => {
  const address = `${path}/${client.id}`;
  const other = `${address}-other`;
  for (const label of ["first", "hit"]) await client.send(label, address, { bare: true });
  await client.send("another", other, { bare: true });
  await revalidate(client, "revalidate its path", { path: address });
  for (const label of ["after it", "hit again"]) await client.send(label, address, { bare: true });
  await revalidate(client, "revalidate its tag", { tag: `tag-${client.id}` });
  for (const label of ["after that", "hit once more"]) await client.send(label, address, { bare: true });
  await client.send("another is as it was", other, { bare: true });
};

/**
 * A tag that is revalidated with a profile makes its entries stale: the next request gets the old one, and starts the
 * regeneration.
 *
 * @param {string} path
 */
const stale = (path) => async (/** @type {Client} */ client) => {
  const address = `${path}/${client.id}`;
  const first = await client.send("first", address, { bare: true });
  await revalidate(client, "make it stale", { tag: `tag-${client.id}`, profile: "max" });
  // Development caches no pages.
  if (client.mode === "development") return;
  await client.send("stale", address, { bare: true });
  const isNew = ({ body, headers }) => body !== first.body && headers.some(([, value]) => value === "HIT");
  await client.until("regenerated", address, isNew, { bare: true });
};

export const caches = {
  "use cache": data("use-cache"),
  "use cache: private": data("private"),
  unstable_cache: data("unstable"),
  "fetch cache": data("fetch"),
  "isr page": isr("/isr"),
  "isr route handler": isr("/api/isr"),
  "isr page in the background": stale("/isr"),
  "isr route handler in the background": stale("/api/isr"),

  "isr navigation": async (/** @type {Client} */ client) => {
    for (const label of ["first", "hit"]) await client.navigate(label, `/isr/${client.id}`, { bare: true });
    await client.send("as a page", `/isr/${client.id}`, { bare: true });
  },
};
