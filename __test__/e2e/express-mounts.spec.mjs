import assert from "node:assert/strict";
import { after, test } from "node:test";
import { histograms, trackRequests } from "../../js/inspect.js";
import { until } from "../_support/wait.mjs";
import { client, label } from "../frameworks/act.mjs";
import { versions } from "../frameworks/express-versions.mjs";

// Labels have the patterns of what is around a route, and nothing that a client sent.

const tracking = trackRequests({ labelPaths: "hide" });
after(() => tracking.stop());

const SECRET = "s3cret";

/** Names of the latencies of requests that are over. */
const over = () => histograms().map((each) => each.label);

for (const [name, express] of Object.entries(versions)) {
  const respond = (/** @type {any} */ _request, /** @type {any} */ response) => response.send(label());
  const routerOf = (/** @type {string[]} */ ...paths) => {
    const router = express.Router();
    for (const path of paths) router.get(path, respond);
    return router;
  };
  const keepsPatterns = name === "Express 5.3";

  test(`${name}: what a regular expression matches is in no label`, async (t) => {
    const app = express();
    const expression = /^\/dl\/[a-z0-9]+/i;
    app.use(expression, routerOf("/p"));
    app.use(/^\/mw\/([a-z0-9]+)/i, (_request, response) => response.send("middleware"));
    const nested = /^\/((n|x)-)(.*?)\/end/i;
    app.use(nested, routerOf("/p"));
    app.use([/^\/list\/[a-z0-9]+/i, "/listed"], routerOf("/p"));
    const get = await client(t, app);
    const prefix = (/** @type {RegExp} */ each) => (keepsPatterns ? String(each) : "/*");
    for (const each of ["a", "b"]) {
      assert.equal(await get(`/dl/${SECRET}${each}/p`), `GET ${prefix(expression)}/p`);
      assert.equal(await get(`/list/${SECRET}${each}/p`), `GET ${prefix(/^\/list\/[a-z0-9]+/i)}/p`);
      assert.equal(await get(`/n-${SECRET}${each.repeat(9)}/end/p`), `GET ${prefix(nested)}/p`);
      assert.equal(await get(`/mw/${SECRET}${each}`), "middleware");
    }
    assert.equal(await get("/LISTED/p"), "GET /listed/p");
  });

  test(`${name}: labels have the names of a mount's parameters, not their values`, async (t) => {
    const app = express();
    for (const mount of ["/a/:id", "/v:version/:id", "/x:one/lit/:two", "/twice/:id/:id", "/enc/:id"]) {
      app.use(mount, routerOf("/p"));
    }
    const get = await client(t, app);
    for (const [target, expected] of [
      ["/a/a/p", "GET /a/:id/p"],
      ["/a/b/p", "GET /a/:id/p"],
      ["/A/:id/p", "GET /a/:id/p"],
      ["/v1/v1/p", "GET /v:version/:id/p"],
      ["/vsecret/1/p", "GET /v:version/:id/p"],
      ["/xlit/lit/z/p", "GET /x:one/lit/:two/p"],
      ["/xlit/lit/lit/p", "GET /x:one/lit/:two/p"],
      [`/twice/${SECRET}/b/p`, name === "Express 5.1" ? "GET /twice/*/*/p" : "GET /twice/:id/:id/p"],
      ["/enc/caf%C3%A9/p", "GET /enc/:id/p"],
      ["/enc/%2525/p", "GET /enc/:id/p"],
    ]) {
      assert.equal(await get(target), expected, target);
    }
    const long = await get(`/a/${"x".repeat(2000)}/p`);
    assert.equal(long, name === "Express 5.1" ? "GET /*/p" : "GET /a/:id/p");
  });

  test(`${name}: an error that nothing handles has the whole route`, async (t) => {
    const app = express().set("env", "test");
    const router = express.Router();
    router.get("/thrown/:id", () => {
      throw new Error("thrown on purpose");
    });
    app.use("/unhandled/:of", router);
    const get = await client(t, app);
    await get(`/unhandled/${SECRET}/thrown/1`);
    const expected = "GET /unhandled/:of/thrown/:id";
    await until(over, (labels) => labels.includes(expected));
    assert.deepEqual(
      over().filter((label) => label.includes("thrown")),
      [expected],
    );
  });

  test(`${name}: each request has the pattern of its own mount`, async (t) => {
    const shared = routerOf("/x/:id");
    const first = express().use("/admin", shared);
    const second = express().use("/public", shared);
    const inner = express().get("/y/:id", respond);
    first.use("/v1", inner).use("/v2", inner);
    first.use(name === "Express 4" ? "/f/:x?" : "/f{/:x}", routerOf("/"));
    const late = routerOf("/l");
    first.use("/one", late);
    const [get, getSecond] = [await client(t, first), await client(t, second)];
    const optional = (/** @type {string} */ pattern) => (keepsPatterns ? "GET /f{/:x}" : `GET ${pattern}`);
    for (const round of [1, 2]) {
      assert.equal(await get("/admin/x/1"), "GET /admin/x/:id");
      assert.equal(await getSecond("/public/x/1"), "GET /public/x/:id");
      // An app knows only where it was mounted last.
      assert.equal(await get("/v1/y/1"), "GET /*/y/:id");
      assert.equal(await get("/v2/y/1"), "GET /v2/y/:id");
      assert.equal(await get("/f"), optional("/f"));
      assert.equal(await get("/f/1"), optional("/f/:x"));
      assert.equal(await get("/one/l"), "GET /one/l", `${round}`);
    }
    first.use("/two", late);
    assert.equal(await get("/two/l"), "GET /two/l");
    assert.equal(await get("/one/l"), "GET /one/l");
  });

  test(`${name}: the route of an error is known in each router, and where the path was changed`, async (t) => {
    const onError = (/** @type {any} */ _error, /** @type {any} */ _request, /** @type {any} */ response, _next) =>
      response.send(label());
    const fail = express.Router().get("/fail", () => {
      throw new Error("thrown on purpose");
    });
    const api = express.Router().use("/teams/:team", fail).use(onError);
    const app = express();
    app.use((request, _response, next) => {
      request.url = request.url.replace("/old/", "/new/");
      next();
    });
    app.use("/api", api).use("/new", routerOf("/r")).use("/top/:id", fail).use(onError);
    const get = await client(t, app);
    for (const team of ["a", "b"]) assert.equal(await get(`/api/teams/${team}/fail`), "GET /api/teams/:team/fail");
    assert.equal(await get("/top/1/fail"), "GET /top/:id/fail");
    assert.equal(await get("/old/r"), "GET /new/r");
    assert.equal(await get("/new/r"), "GET /new/r");
  });

  test(`${name}: a request line of any form has the route alone in its label`, async (t) => {
    const app = express().use("/api/:a", routerOf("/u/:id"));
    app.use("/mw", (_request, response) => response.send("middleware"));
    app.get(name === "Express 4" ? "/*" : "/{*all}", respond);
    const get = await client(t, app);
    const any = name === "Express 4" ? "GET /*" : "GET /{*all}";
    assert.equal(await get(`http://user:${SECRET}@evil.example/api/1/u/1?${SECRET}`), "GET /api/:a/u/:id");
    assert.equal(await get(`http://user:${SECRET}@evil.example/mw/${SECRET}`), "middleware");
    assert.equal(await get(`//${SECRET}/api/1/u/1`), any);
    assert.equal(await get(`http://${SECRET}`), any);
    await until(over, (labels) => labels.includes("GET /mw/*"));
  });

  test(`${name}: nothing that clients sent is in a label of latencies`, () => {
    assert.ok(!over().join("\n").toLowerCase().includes(SECRET), over().join("\n"));
  });
}
