import assert from "node:assert/strict";
import { test } from "node:test";
import { label } from "../../js/inspect.js";
import { codeOf } from "../_support/code-of.mjs";
import { serve, track } from "../_support/tracked.mjs";
import { until } from "../_support/wait.mjs";

test("label() throws nothing in a request whose response has finished", async () => {
  track();
  /** @type {string[]} */
  const codes = [];
  const { origin } = await serve((_request, response) => {
    response.on("finish", () => {
      codes.push(codeOf(() => label("GET /finished")));
      setImmediate(() => codes.push(codeOf(() => label("GET /later"))));
    });
    response.end("ok");
  });
  await (await fetch(`${origin}/finish`)).text();
  await until(
    () => codes.length,
    (count) => count === 2,
  );
  assert.deepEqual(codes, ["no error", "no error"]);
});
