// The same routes, as far as a framework has them, with each framework. Each responds with the label that its request has while
// its handler runs, hangs or blocks. Only the framework that is served is loaded.

/** @typedef {import("./act.mjs").Serving} Serving */

/** @param {string} name of a package */
const expressOf = async (name) => {
  const [{ serve }, { default: express }] = await Promise.all([import("./express.mjs"), import(name)]);
  return serve(express);
};

/** @type {Record<string, () => Promise<Serving>>} */
export const apps = {
  "Express 4": () => expressOf("express-4"),
  "Express 5.1": () => expressOf("express-5-1"),
  "Express 5": () => expressOf("express"),
  Fastify: async () => (await import("./fastify.mjs")).serve(),
  Koa: async () => (await import("./koa.mjs")).serve(),
  "Koa, HTTP/2": async () => (await import("./koa.mjs")).serveHttp2(),
  Hono: async () => (await import("./hono.mjs")).serve(),
  "Hono, HTTP/2": async () => (await import("./hono.mjs")).serveHttp2(),
  "Nest on Express": async () => (await import("./nest.mjs")).serveOnExpress(),
  "Nest on Fastify": async () => (await import("./nest.mjs")).serveOnFastify(),
};
