import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runNode } from "../_support/run.mjs";

// vinext's cache, cache-runtime and fetch-cache stay vinext's own. They run on our accessors, and so must do what they do
// on vinext's. The two variants share keys on globalThis, so each plays in a process of its own.

const VARIANT = fileURLToPath(new URL("../_support/caches-variant.mjs", import.meta.url));
const [ours, stock] = await Promise.all(
  ["ours", "stock"].map(async (variant) => {
    // "use cache" stores what React serialises, as a server component.
    const args = ["--conditions", "react-server", VARIANT, variant];
    const { code, stdout, stderr } = await runNode(args, { env: { NODE_ENV: "production" } });
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout.slice(stdout.lastIndexOf('{"seen"')));
  }),
);

for (const name of Object.keys(stock.seen)) {
  test(`as on vinext's own state: ${name}`, () => assert.equal(ours.seen[name], stock.seen[name]));
}

test("the storages of vinext's caches are slots, and the requests ours", () => {
  assert.deepEqual([stock.context, ours.context], ["Object", "RequestContext"]);
  assert.deepEqual(new Set(Object.values(stock.classes)), new Set(["real"]));
  assert.deepEqual(new Set(Object.values(ours.classes)), new Set(["slot"]));
});

test("the scenarios show what is stored in the request", () => {
  const seen = (part) => Object.entries(ours.seen).find(([name]) => name.includes(part))?.[1];
  assert.match(seen("adds its tags and its life to the request"), /\[ 'shared' \].*revalidate: 60/s);
  assert.match(seen("is stored in the request"), /\[ null, \[ 'own' \], true \]/);
  assert.match(seen("fetch counts"), /\[ 'timestamp' \], 30, \{ revalidate: 30 \}, 3 \]/);
  assert.match(seen("invalidations wait"), /\[ 'wrapped', 'timestamp' \]/);
});
