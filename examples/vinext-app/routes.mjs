// Every route of the app, for a test harness.
//
//   name         unique
//   method       HTTP method
//   path(id)     path and query
//   headers(id, setup), body(id, setup)   what to send; body only where there is one
//   setup(origin)  async, once per server start: its result is the `setup` argument above
//   expectStatus   redirects are not followed
//   carriesId    the response contains this id and no other rq-… id
//   idIn         where carriesId holds: "body" (default) or a response header's name
//   streams      parts arrive in the order they are ready, which under load varies
//   cached       the body is shared between requests and carries no id at all
//
// Every response, cached or not, also has the id in its x-mw-id header (middlewareHeader).

// What the app prints where an id should be and is not: never in a response to these routes.
export const lostMarker = "no-id";

export const middlewareHeader = "x-mw-id";
export const idPattern = /rq-[0-9a-f]{8}/g;

const ids = (id) => ({ "x-request-id": id, cookie: `rid=${id}` });

const get = (name, path, more = {}) => ({
  name,
  method: "GET",
  path: (id) => `${path}?rid=${id}`,
  headers: ids,
  expectStatus: 200,
  carriesId: true,
  streams: false,
  cached: false,
  ...more,
});

// No id in the URL: in development a page prints its own URL into its debug data.
const getCached = (name, path) => get(name, path, { path: () => path, carriesId: false, cached: true });

const boundary = "example-boundary";

function multipart(fields) {
  const parts = fields.map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  return `${parts.join("")}--${boundary}--\r\n`;
}

// The id of the server action, as the form prints it: the build chooses it.
async function actionId(origin) {
  const html = await (await fetch(`${origin}/form`)).text();
  const found = /name="\$ACTION_ID_([^"]+)"/.exec(html);
  if (!found) throw new Error("no server action on /form");
  return found[1];
}

const action = {
  method: "POST",
  path: (id) => `/form?rid=${id}`,
  setup: actionId,
  expectStatus: 200,
  carriesId: true,
  streams: false,
  cached: false,
};

export const routes = [
  getCached("home", "/"),
  get("dynamic page", "/dynamic"),
  get("dynamic segment", "/items", { path: (id) => `/items/${id}` }),
  getCached("isr page", "/isr"),
  get("route handler get", "/api/echo"),
  {
    ...get("route handler post", "/api/echo"),
    method: "POST",
    headers: (id) => ({ ...ids(id), "content-type": "application/json" }),
    body: (id) => JSON.stringify({ rid: id }),
  },
  getCached("isr route handler", "/api/isr"),
  get("form page", "/form"),
  {
    ...action,
    name: "action by form",
    headers: (id) => ({
      ...ids(id),
      "content-type": `multipart/form-data; boundary=${boundary}`,
    }),
    body: (id, setup) =>
      multipart([
        [`$ACTION_ID_${setup}`, ""],
        ["rid", id],
      ]),
  },
  {
    ...action,
    name: "action by fetch",
    headers: (id, setup) => ({
      ...ids(id),
      accept: "text/x-component",
      "next-action": setup,
      "content-type": `multipart/form-data; boundary=${boundary}`,
    }),
    // How React encodes one argument that is a FormData; the order matters.
    body: (id) =>
      multipart([
        ["_1_rid", id],
        ["0", '["$K1"]'],
      ]),
  },
  get("streaming page", "/stream", { streams: true }),
  get("after page", "/after"),
  get("after route", "/api/after"),
  get("after log", "/api/after-log"),
  get("use cache", "/use-cache"),
  get("unstable cache", "/unstable-cache"),
  get("fetch cache", "/fetch-cache"),
  get("redirect", "/redirect", { expectStatus: 307, idIn: "location" }),
  get("not found", "/missing", { expectStatus: 404 }),
  get("unknown path", "/no-such-page", { expectStatus: 404 }),
  get("client component", "/client"),
  get("draft page", "/draft"),
  get("draft enable", "/api/draft/enable"),
  get("draft disable", "/api/draft/disable"),
  getCached("robots", "/robots.txt"),
  getCached("sitemap", "/sitemap.xml"),
  get("pages ssr", "/legacy/ssr"),
  get("pages ssr in french", "/fr/legacy/ssr"),
  getCached("pages isr", "/legacy/isr"),
  getCached("pages isr in french", "/fr/legacy/isr"),
  get("pages api", "/api/legacy-echo"),
];
