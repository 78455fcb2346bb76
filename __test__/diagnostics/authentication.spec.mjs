import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { after, before, describe, test } from "node:test";
import { backend } from "../../js/index.js";
import { request } from "../_support/http.mjs";
import { startDiagnosticsApp } from "../_support/start-diagnostics-app.mjs";
import { tool } from "../_support/tools.mjs";

const native = backend === "native";
const curl = tool("curl", "curl");

describe("a server with a token", { skip: !native }, () => {
  const token = "a:token:of-some-length";
  const PATHS = ["/in-flight", "/metrics", "/livez", "/stalls", "/page.css", "/main.js", "/nowhere", "/"];
  const basic = (/** @type {string} */ text) => `Basic ${Buffer.from(text).toString("base64")}`;
  /** @type {Awaited<ReturnType<typeof startDiagnosticsApp>>} */
  let server;
  before(async () => {
    server = await startDiagnosticsApp({ serve: { token }, watch: false });
  });
  after(() => server.stop());

  for (const [name, authorization] of [
    ["Bearer", `Bearer ${token}`],
    ["Bearer in another case, with more spaces", `bearer   ${token}`],
    ["Basic with a user", basic(`prometheus:${token}`)],
    ["Basic without a user", basic(`:${token}`)],
    ["Basic with a user in UTF-8", basic(`jürgen:${token}`)],
  ]) {
    test(`${name} passes, under any host name`, async () => {
      for (const path of PATHS) {
        for (const method of ["GET", "HEAD"]) {
          const headers = { authorization, host: "status.example.com" };
          const { status } = await request(server.page + path, { method, headers });
          assert.equal(status, path === "/nowhere" ? 404 : 200, `${method} ${path}`);
        }
      }
    });
  }

  /** @type {Array<[string, import("node:http").OutgoingHttpHeaders]>} */
  const REFUSED = [
    ["no header", {}],
    ["an empty header", { authorization: "" }],
    ["a scheme without a token", { authorization: "Bearer" }],
    ["a wrong token", { authorization: "Bearer wrong" }],
    ["a longer token", { authorization: `Bearer ${token}x` }],
    ["the end of the token", { authorization: `Bearer ${token.slice(1)}` }],
    ["Bearer in Basic's form", { authorization: `Bearer ${btoa(`:${token}`)}` }],
    ["a wrong password", { authorization: basic("a:wrong") }],
    ["the token as the user", { authorization: basic(`${token}:`) }],
    ["Basic without a colon", { authorization: basic("nothing") }],
    ["Basic with the plain token", { authorization: `Basic ${token}` }],
    ["Basic without its padding", { authorization: basic(`:${token}`).replace(/=+$/, "") }],
    [
      "a password with bytes that are no text",
      { authorization: `Basic ${Buffer.from([58, 255, 0]).toString("base64")}` },
    ],
    ["another scheme", { authorization: `Digest ${token}` }],
    ["bytes that are no text", { authorization: "Bearer \xe9\xff" }],
    ["two headers, each of them right", { authorization: [`Bearer ${token}`, `Bearer ${token}`] }],
    ["a right header and a wrong one", { authorization: ["Bearer wrong", `Bearer ${token}`] }],
    ["the token elsewhere", { cookie: `token=${token}`, "proxy-authorization": `Bearer ${token}` }],
  ];
  for (const [name, headers] of REFUSED) {
    test(`${name}: 401`, async () => {
      for (const path of PATHS) {
        for (const method of ["GET", "HEAD"]) {
          const refused = await request(server.page + path, { method, headers });
          assert.deepEqual(
            [refused.status, refused.headers["www-authenticate"]],
            [401, 'Basic realm="onescope", charset="UTF-8", Bearer realm="onescope"'],
            `${method} ${path}`,
          );
          if (method === "GET") assert.deepEqual(Object.keys(JSON.parse(refused.text)), ["error"]);
        }
      }
    });
  }

  test("a header that is too large is refused before it is read", async () => {
    const headers = { authorization: `Basic ${"A".repeat(20_000)}` };
    assert.equal((await request(`${server.page}/livez`, { headers })).status, 431);
    assert.equal(
      (await request(`${server.page}/livez`, { headers: { authorization: `Bearer ${"A".repeat(8000)}` } })).status,
      401,
    );
  });

  test("fetch() and curl support both schemes", { skip: curl.skip }, async () => {
    for (const authorization of [`Bearer ${token}`, basic(`me:${token}`)]) {
      const response = await fetch(`${server.page}/counters`, { headers: { authorization } });
      assert.equal((await response.json()).threads, 1);
    }
    for (const given of [
      ["--oauth2-bearer", token],
      ["--user", `me:${token}`],
      ["--anyauth", "--user", `me:${token}`],
    ]) {
      const args = ["--silent", "--fail", "--max-time", "10", ...given, `${server.page}/counters`];
      const { status, stdout } = spawnSync(curl.path, args, { encoding: "utf8" });
      assert.deepEqual([status, JSON.parse(stdout).threads], [0, 1], given[0]);
    }
    const { status } = spawnSync(curl.path, ["--silent", "--fail", "--user", "me:guess", `${server.page}/counters`]);
    assert.equal(status, 22, "a status of 400 or more");
  });

  test("a script of a page is refused without a challenge that would open a dialog", async () => {
    const { status, headers } = await request(`${server.page}/counters`, { headers: { "x-requested-with": "fetch" } });
    assert.deepEqual([status, headers["www-authenticate"]], [401, 'Bearer realm="onescope"']);
  });

  test("pages of other sites can link here and load nothing, also with the token", async () => {
    const get = (/** @type {Record<string, string>} */ headers) =>
      request(`${server.page}/counters`, { headers: { authorization: `Bearer ${token}`, ...headers } });
    for (const site of ["cross-site", "same-site"]) {
      for (const dest of ["empty", "image", "script", "iframe", "object"]) {
        const { status, headers } = await get({ "sec-fetch-site": site, "sec-fetch-dest": dest });
        assert.deepEqual([status, headers["www-authenticate"]], [403, undefined], `${site} ${dest}`);
      }
      assert.equal((await get({ "sec-fetch-site": site, "sec-fetch-dest": "document" })).status, 200, site);
    }
    for (const site of ["same-origin", "none"]) assert.equal((await get({ "sec-fetch-site": site })).status, 200, site);
  });
});
