import fc from "fast-check";

// Random programs over the request APIs, as plain JSON: headers-machine.mjs executes them.

const NAMES = [
  "user-agent",
  "User-Agent",
  "cookie",
  "accept",
  "rsc",
  "RSC",
  "x-nextjs-request-id",
  "set-cookie",
  "x-new",
];
const ODD_NAMES = ["missing", "bad name", "", 5, null];
const VALUES = ["1", "", "a, b", "text/html", "\u00fc"];
const COOKIES = ["a", "b", "c", "novalue", "", " d ", "__prerender_bypass", "missing"];
const COOKIE_PARTS = [
  "a=1",
  "a=2",
  "b=%20x",
  "b=%zz",
  "=v",
  "novalue",
  'c="quoted"',
  "  d = 4 ",
  "e=x=y",
  "f=%C3%A9",
  "a=%",
  "",
  "__prerender_bypass=secret",
  "__prerender_bypass=other",
  "\u00fc=1",
  "g=a b",
];
const SET_COOKIES = [
  "a=9; Path=/",
  "s=1; Expires=Thu, 01 Jan 2037 00:00:00 GMT; Path=/",
  "t=%zz; HttpOnly",
  "=nothing",
  " u = v ",
  "flag",
  "",
  "__prerender_bypass=secret; Path=/",
  "expires=1, 2",
  "w=expires=x, y; z",
];
const OPTIONS = [
  { path: "/p", httpOnly: true },
  { maxAge: 60 },
  { maxAge: 0 },
  { expires: 0 },
  { expires: 2_000_000_000_000, secure: true, sameSite: "lax" },
  { path: "bad;path" },
  { path: null, domain: "example.com", partitioned: true, priority: "high" },
  { domain: "bad\ndomain" },
  { name: "other", value: "other" },
];
const COOKIE_NAMES_TO_SET = ["a", "b", "new", "bad name", ""];

const header = fc
  .array(fc.constantFrom(...COOKIE_PARTS), { maxLength: 6 })
  .chain((parts) => fc.constantFrom("; ", ";", ";   ", " ;").map((separator) => parts.join(separator)));
const setCookies = fc
  .array(fc.constantFrom(...SET_COOKIES), { minLength: 1, maxLength: 3 })
  .map((all) => all.join(", "));
const name = fc.constantFrom(...NAMES);
const entry = fc.tuple(name, fc.constantFrom(...VALUES));

const context = fc.record({
  from: fc.constantFrom("request", "request", "plain"),
  entries: fc.array(entry, { maxLength: 5 }),
  cookie: fc.option(header, { nil: undefined }),
  secret: fc.constantFrom(undefined, "secret", "secret", ""),
  flag: fc.constantFrom(undefined, undefined, undefined, "forceStatic", "accessError"),
});

const headersUse = fc.oneof(
  fc.record({
    member: fc.constantFrom("get", "has"),
    args: fc.oneof(
      name.map((each) => [each]),
      fc.constantFrom(...ODD_NAMES).map((each) => [each]),
      fc.constant([]),
    ),
  }),
  fc.record({
    member: fc.constantFrom("iterate", "keys", "values", "entries", "getSetCookie", "forEach", "copy"),
    args: fc.constant([]),
  }),
  fc.record({
    member: fc.constantFrom("set", "append", "delete", "nothing", "in set", "in nothing", "Object.keys"),
    args: fc.constant(["x", "y"]),
  }),
);
const cookiesUse = fc.oneof(
  fc.record({
    member: fc.constantFrom("get", "getAll", "has"),
    args: fc.constantFrom(...COOKIES).chain((each) => fc.constantFrom([each], [{ name: each }])),
  }),
  fc.record({
    member: fc.constantFrom(
      "getAll",
      "size",
      "iterate",
      "text",
      "show",
      "nothing",
      "in set",
      "in nothing",
      "Object.keys",
    ),
    args: fc.constant([]),
  }),
  fc.record({
    member: fc.constantFrom("set", "set", "delete", "clear"),
    args: fc.oneof(
      fc.tuple(fc.constantFrom(...COOKIE_NAMES_TO_SET), fc.constantFrom("v", "", "a b;=\u00fc")).map((each) => each),
      fc
        .tuple(fc.constantFrom(...COOKIE_NAMES_TO_SET), fc.constant("v"), fc.constantFrom(...OPTIONS))
        .map((each) => each),
      fc
        .tuple(fc.constantFrom(...COOKIE_NAMES_TO_SET), fc.constantFrom(...OPTIONS))
        .map(([each, options]) => [{ ...options, name: each, value: "o" }]),
    ),
  }),
);
const draftUse = fc.record({ member: fc.constantFrom("isEnabled", "enable", "disable"), args: fc.constant([]) });

const api = fc.oneof(
  fc.record({ api: fc.constant("headers"), use: headersUse }),
  fc.record({ api: fc.constant("cookies"), use: cookiesUse }),
  fc.record({ api: fc.constant("draftMode"), use: draftUse }),
);

/** Functions without arguments. Also the readings that every program ends with, as far as they change nothing. */
export const PLAIN_CALLS = [
  "peekDynamicUsage",
  "peekRenderRequestApiUsage",
  "isRenderDynamicLatched",
  "isInsideAnyCacheScope",
  "getHeadersAccessPhase",
  "hasDraftModeCookieHeader",
  "getActiveDraftModeState",
  "isDraftModeEnabled",
  "getEffectiveRequestCookieHeader",
  "throwIfStaticGenerationAccessError",
  "markDynamicUsage",
  "consumeDynamicUsage",
  "consumeRenderRequestApiUsage",
  "consumeInvalidDynamicUsageError",
  "getAndClearPendingCookies",
  "getDraftModeCookieHeader",
  "createRenderDynamicLatch",
];

/** Scopes that run a body. */
const SCOPES = [
  "runWithHeadersContext",
  "runWithDetachedDynamicUsage",
  "runWithConnectionProbe",
  "request",
  "use cache",
  "use cache: private",
  "unstable_cache",
  "static shell",
];

const middleware = fc.record({
  values: fc.array(entry, { maxLength: 4 }),
  cookie: fc.option(header, { nil: undefined }),
  override: fc.constantFrom("none", "all", "some", "empty"),
  setCookies: fc.option(setCookies, { nil: undefined }),
});

/** @returns {fc.Arbitrary<{ where: string, phase: string, context: object, ops: any[] }>} */
export function programs() {
  const { body } = fc.letrec((tie) => ({
    body: fc.array(tie("op"), { maxLength: 8, size: "max" }),
    op: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      { weight: 6, arbitrary: api.map((each) => ({ op: "use", ...each, via: "await" })) },
      { weight: 4, arbitrary: api.map((each) => ({ op: "use", ...each, via: "sync" })) },
      { weight: 3, arbitrary: api.map((each) => ({ op: "hold", api: each.api })) },
      { weight: 3, arbitrary: fc.record({ op: fc.constant("use held"), at: fc.nat({ max: 3 }), use: cookiesUse }) },
      { weight: 3, arbitrary: fc.record({ op: fc.constant("use held"), at: fc.nat({ max: 3 }), use: headersUse }) },
      { weight: 2, arbitrary: fc.record({ op: fc.constant("use held"), at: fc.nat({ max: 3 }), use: draftUse }) },
      {
        weight: 5,
        arbitrary: fc.constantFrom("render", "action", "route-handler").map((phase) => ({ op: "phase", phase })),
      },
      { weight: 5, arbitrary: fc.constantFrom(...PLAIN_CALLS).map((call) => ({ op: "call", call })) },
      { weight: 3, arbitrary: middleware.map((response) => ({ op: "middleware", response })) },
      {
        weight: 2,
        arbitrary: fc
          .tuple(fc.constantFrom("set", "append", "delete", "get"), entry)
          .map(([member, args]) => ({ op: "live headers", member, args })),
      },
      { weight: 1, arbitrary: fc.option(context).map((given) => ({ op: "setHeadersContext", context: given })) },
      { weight: 1, arbitrary: context.map((given) => ({ op: "replaceHeadersContext", context: given })) },
      { weight: 1, arbitrary: fc.option(header).map((given) => ({ op: "applyEffective", header: given })) },
      { weight: 1, arbitrary: fc.option(header).map((given) => ({ op: "hasChanges", header: given })) },
      { weight: 1, arbitrary: fc.constantFrom(...SET_COOKIES).map((given) => ({ op: "restoreDraft", header: given })) },
      { weight: 1, arbitrary: fc.constantFrom("headers", "connection").map((kind) => ({ op: "mark", kind })) },
      { weight: 1, arbitrary: fc.constant({ op: "listen" }) },
      { weight: 1, arbitrary: fc.constant({ op: "unlisten" }) },
      { weight: 1, arbitrary: fc.constant({ op: "throwIfCached" }) },
      { weight: 1, arbitrary: fc.constant({ op: "recordInvalid" }) },
      { weight: 1, arbitrary: fc.constant({ op: "suspend" }) },
      { weight: 1, arbitrary: fc.record({ op: fc.constant("draftRequest"), context }) },
      {
        weight: 6,
        arbitrary: fc.record({
          op: fc.constant("scope"),
          scope: fc.constantFrom(...SCOPES),
          context,
          body: tie("body"),
        }),
      },
    ),
  }));
  return fc.record({
    where: fc.constantFrom("request", "request", "storage", "process"),
    phase: fc.constantFrom("render", "action", "route-handler"),
    context,
    ops: body,
  });
}
