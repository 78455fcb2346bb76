import assert from "node:assert/strict";
import { test } from "node:test";
import { registerSlot } from "onescope";
import { leaks, releaseOnClose, trackLeaks } from "onescope/inspect";
import { createRequestContext, runWithRequestContext } from "onescope/shims/unified-request-context";
import { cleanups, over, serve, track } from "../_support/tracked.mjs";
import { afterCollection, until } from "../_support/wait.mjs";

const slot = registerSlot("release-http.value", { kind: "value", lifetime: "request" });

test("values go where the end of the HTTP response closes the request", async () => {
  const release = releaseOnClose();
  cleanups.push(() => release.stop());
  const tracker = trackLeaks();
  cleanups.push(() => tracker.stop());
  track();
  /** @type {any} */
  let held;
  const { origin } = await serve((_request, response) => {
    held = createRequestContext({ rootParams: { id: "1" } });
    runWithRequestContext(held, () => {
      slot.set({});
      response.end("ok");
    });
  });
  await (await fetch(`${origin}/by-http`)).text();
  await over("/by-http");
  assert.equal(
    await until(
      () => held.rootParams,
      (value) => value === null,
    ),
    null,
  );
  assert.equal(
    runWithRequestContext(held, () => slot.get()),
    undefined,
  );
  const found = await afterCollection(
    () => leaks().held,
    (groups) => groups.some(({ label }) => label === "GET /by-http"),
  );
  assert.ok(
    found.some(({ label }) => label === "GET /by-http"),
    "a held context counts as held",
  );
});
