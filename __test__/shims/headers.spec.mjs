import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import * as apis from "../../shims/headers.js";
import { cookies, draftMode, headers, headersContextFromRequest } from "../../shims/headers.js";
import { createRequestContext, getRequestContext, runWithRequestContext } from "../../shims/unified-request-context.js";
import { stockUrl } from "../_support/stock.mjs";

const stock = await import(stockUrl("shims/headers.js"));

const request = (given = {}) =>
  new Request("https://example.com/", {
    headers: { "user-agent": "Browser", rsc: "1", cookie: "session=1; theme=dark", ...given },
  });

/** Calls `fn` in a request that brings these headers. */
function inRequest(fn, given) {
  const headersContext = headersContextFromRequest(request(given), { draftModeSecret: "secret" });
  return runWithRequestContext(createRequestContext({ headersContext }), fn);
}

const visible = [
  ["cookie", "session=1; theme=dark"],
  ["user-agent", "Browser"],
];

test("headers() resolves to the request's headers, without those of the framework's protocol", () =>
  inRequest(async () => {
    const read = await headers();
    assert.equal(read.get("User-Agent"), "Browser");
    assert.equal(read.get("rsc"), null);
    assert.equal(read.get("RSC"), null);
    assert.equal(read.has("rsc"), false);
    assert.equal(apis.getHeadersContext().headers.get("rsc"), "1");
  }));

test("what headers() gives goes wherever headers go", () =>
  inRequest(async () => {
    const read = await headers();
    assert.ok(read instanceof Headers);
    assert.deepEqual([...read], visible);
    assert.deepEqual(Object.fromEntries(read), Object.fromEntries(visible));
    assert.deepEqual([...new Headers(read)], visible);
    assert.deepEqual([...new Request("https://example.com/", { headers: read }).headers], visible);
    assert.equal(await (await fetch("data:,sent", { headers: read })).text(), "sent");
    assert.match(inspect(read), /^Headers \{ .*'user-agent': 'Browser'/);
    const { get, forEach } = read;
    assert.equal(get("user-agent"), "Browser");
    const seen = [];
    forEach((value, name) => seen.push([name, value]));
    assert.deepEqual(seen, visible);
  }));

test("a method of Headers that is called on them by force throws, and does not return as for an empty list", () =>
  inRequest(async () => {
    assert.throws(() => Headers.prototype.get.call(headers(), "user-agent"), TypeError);
    for (const each of [await headers(), apis.getHeadersContext().headers]) {
      assert.throws(() => Headers.prototype.get.call(each, "user-agent"), TypeError);
    }
  }));

test("changing headers throws on access, changing cookies in a render on call", () =>
  inRequest(async () => {
    for (const read of [await headers(), headers()]) {
      for (const name of ["set", "append", "delete"]) {
        assert.throws(() => read[name], { name: "Error", message: /^Headers cannot be modified/ });
        assert.ok(name in read);
      }
    }
    for (const read of [await cookies(), cookies()]) {
      for (const name of ["set", "delete", "clear"]) {
        assert.equal(typeof read[name], "function");
        assert.throws(() => read[name]("a", "b"), { name: "Error", message: /^Cookies can only be modified/ });
      }
    }
  }));

test("headers() and cookies() give the same promise as long as what it resolves to is the same", () =>
  inRequest(async () => {
    const [before, cookiesBefore] = [headers(), cookies()];
    assert.equal(headers(), before);
    assert.equal(cookies(), cookiesBefore);
    assert.ok(before instanceof Promise);
    assert.equal(before.then().constructor, Promise);
    apis.applyMiddlewareRequestHeaders(new Headers({ "x-middleware-request-x": "1" }));
    assert.notEqual(headers(), before);
    assert.equal(cookies(), cookiesBefore);
    apis.setHeadersAccessPhase("action");
    assert.notEqual(cookies(), cookiesBefore);
    apis.setHeadersAccessPhase("render");
    assert.equal(cookies(), cookiesBefore);
  }));

test("the promises have the members of what they resolve to, and take React's marks", () =>
  inRequest(async () => {
    assert.equal(headers().get("user-agent"), "Browser");
    assert.deepEqual([...headers()], visible);
    assert.ok("get" in headers() && "then" in headers() && !("getAll" in headers()));
    assert.equal(cookies().get("theme").value, "dark");
    assert.equal(cookies().size, 2);
    assert.deepEqual(Object.keys(cookies()), Object.keys(await cookies()));
    assert.match(inspect(headers()), /^Promise \{\s+Headers \{/);
    Object.assign(headers(), { status: "fulfilled", value: 1 });
    assert.deepEqual([headers().status, headers().value], ["fulfilled", 1]);
  }));

test("what was read before a change stays as it was", () =>
  inRequest(async () => {
    const live = apis.getHeadersContext().headers;
    const [read, readCookies] = [await headers(), await cookies()];
    live.set("user-agent", "Changed");
    live.append("x-new", "1");
    assert.equal(live.get("user-agent"), "Changed");
    assert.equal(read.get("user-agent"), "Browser");
    assert.deepEqual([...read], visible);
    // As with vinext, headers() reads again when the cached ones are dropped.
    apis.getHeadersContext().readonlyHeaders = undefined;
    const again = await headers();
    assert.equal(again.get("user-agent"), "Changed");
    live.delete("user-agent");
    assert.equal(again.get("user-agent"), "Changed");
    apis.applyEffectiveRequestCookieHeader("session=2");
    assert.equal((await cookies()).get("session").value, "2");
    assert.equal((await cookies()).get("theme"), undefined);
    assert.notEqual(await cookies(), readCookies);
  }));

test("the request itself is never changed, and its cookies are parsed at first touch", () => {
  const original = request();
  const context = headersContextFromRequest(original);
  context.headers.set("cookie", "late=1");
  assert.deepEqual([...context.cookies], [["late", "1"]]);
  assert.equal(original.headers.get("cookie"), "session=1; theme=dark");
  assert.throws(() => {
    context.cookies = new Map();
  }, TypeError);
});

test("an action changes cookies, the response has it, and so has the render after it", () =>
  inRequest(async () => {
    apis.setHeadersAccessPhase("action");
    const jar = await cookies();
    const { set } = jar;
    set("theme", "light", { httpOnly: true });
    jar.delete("session");
    assert.equal(jar.get("theme").value, "light");
    assert.deepEqual(apis.getAndClearPendingCookies(), [
      "theme=light; Path=/; HttpOnly",
      "session=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
    ]);
    assert.deepEqual(apis.getAndClearPendingCookies(), []);
    apis.setHeadersAccessPhase("render");
    assert.equal((await cookies()).get("theme").value, "light");
    assert.equal((await cookies()).get("session").value, "");
    assert.throws(() => jar.set("a", "b"), { message: /^Cookies can only be modified/ });
    assert.throws(() => jar.delete("a"), { message: /^Cookies can only be modified/ });
  }));

test("a refused cookie changes nothing", () =>
  inRequest(async () => {
    apis.setHeadersAccessPhase("route-handler");
    const jar = await cookies();
    assert.throws(() => jar.set("bad name", "1"), /Invalid cookie name/);
    assert.throws(() => jar.set("new", "1", { path: "/;evil" }), /Invalid cookie Path/);
    assert.equal(jar.has("new"), false);
    assert.deepEqual(apis.getAndClearPendingCookies(), []);
  }));

test("outside a request the APIs reject, and every synchronous use throws the same error", async () => {
  for (const [api, name] of [
    [headers, "headers()"],
    [cookies, "cookies()"],
  ]) {
    const rejected = api();
    assert.ok(rejected instanceof Promise);
    const error = await rejected.catch((reason) => reason);
    assert.ok(error.message.startsWith(`${name} can only be called from a Server Component`));
    assert.throws(
      () => rejected.get,
      (thrown) => thrown === error,
    );
    assert.equal("get" in rejected, false);
  }
  await assert.rejects(draftMode(), /^Error: draftMode\(\) can only be called/);
});

test("an unhandled rejection of ours does not end the process", async () => {
  headers();
  cookies();
  await new Promise((resolve) => setImmediate(resolve));
});

test("a listener that throws is logged, and the others are called once", (t) =>
  inRequest(async () => {
    const logged = t.mock.method(console, "error", () => {});
    const calls = [];
    apis.onRenderDynamicLatched(() => {
      throw new Error("of a listener");
    });
    apis.onRenderDynamicLatched(() => calls.push(1));
    const removed = apis.onRenderDynamicLatched(() => calls.push(2));
    removed();
    headers();
    cookies();
    assert.deepEqual(calls, [1]);
    assert.equal(logged.mock.calls[0].arguments[0].message, "of a listener");
  }));

test("a connection probe ends at a call of connection(), and its usage counts for the caller", () =>
  inRequest(async () => {
    const result = await apis.runWithConnectionProbe(async () => {
      headers();
      await apis.suspendConnectionProbe();
      assert.fail("nothing goes on after it");
    });
    assert.deepEqual(result, { completed: false });
    assert.equal(apis.peekDynamicUsage(), true);
    assert.deepEqual(await apis.runWithConnectionProbe(() => 1), { completed: true, result: 1 });
    assert.equal(apis.suspendConnectionProbe(), null);
  }));

test("what a finished probe left running belongs to the probe around it", () =>
  inRequest(async () => {
    let late;
    const outer = await apis.runWithConnectionProbe(async () => {
      let finish;
      const finished = new Promise((resolve) => {
        finish = resolve;
      });
      const inner = await apis.runWithConnectionProbe(() => {
        late = finished.then(() => apis.suspendConnectionProbe());
        return "inner";
      });
      assert.deepEqual(inner, { completed: true, result: "inner" });
      finish();
      await late;
      assert.fail("the late work ended this probe");
    });
    assert.deepEqual(outer, { completed: false });
  }));

test("detached usage counts for no request", () =>
  inRequest(async () => {
    await apis.runWithDetachedDynamicUsage(async () => {
      await headers();
      assert.equal(apis.peekDynamicUsage(), true);
    });
    assert.deepEqual([apis.peekDynamicUsage(), apis.isRenderDynamicLatched()], [false, false]);
    assert.deepEqual(apis.peekRenderRequestApiUsage(), []);
  }));

test("the state is the request context's, and outside a request what vinext's own keys hold", () => {
  inRequest(() => {
    apis.markDynamicUsage();
    assert.equal(getRequestContext().dynamicUsageDetected, true);
  });
  const context = headersContextFromRequest(request());
  stock.runWithHeadersContext(context, () => {
    assert.equal(apis.getHeadersContext(), context);
    apis.markDynamicUsage();
    assert.equal(stock.peekDynamicUsage(), true);
  });
  apis.setHeadersContext(context);
  assert.equal(stock.getHeadersContext(), context);
  stock.setHeadersContext(null);
  assert.equal(apis.getHeadersContext(), null);
});

test("cookies and headers that a stock copy cached work, and ours work in a stock copy", () =>
  inRequest(async () => {
    const [first, second] = [await stock.headers(), await stock.cookies()];
    assert.equal(await headers(), first);
    assert.equal(await cookies(), second);
    assert.equal(headers(), headers());
    assert.equal(headers().get("user-agent"), "Browser");
    assert.equal(cookies().get("theme").value, "dark");
    assert.throws(() => headers().set, /Headers cannot be modified/);

    apis.setHeadersAccessPhase("action");
    (await stock.cookies()).set("theme", "theirs");
    assert.equal((await cookies()).get("theme").value, "theirs");
    apis.setHeadersAccessPhase("render");
    assert.equal((await cookies()).get("theme").value, "theirs");

    apis.applyEffectiveRequestCookieHeader("theme=dark");
    apis.setHeadersAccessPhase("action");
    (await cookies()).set("theme", "ours");
    await (await stock.draftMode()).enable();
    assert.equal((await cookies()).get("__prerender_bypass").value, "secret");
    stock.setHeadersAccessPhase("render");
    assert.equal((await stock.cookies()).get("theme").value, "ours");
  }));
