import assert from "node:assert/strict";
import http2 from "node:http2";
import { after, test } from "node:test";
import fc from "fast-check";
import { LAYOUT } from "../../js/generated/slot-table.js";
import { store } from "../../js/index.js";
import { label, runTask, trackRequests } from "../../js/inspect.js";
import { idOf } from "../../js/store/records.js";
import { HttpRequest } from "../../js/tracking/http-request.js";
import { writeRoute, writeTarget } from "../../js/tracking/labels.js";

// Nothing that a client sends, however long, changes a byte outside of its own record.

const { recordBytes, bytes, labelBytes } = LAYOUT;

/** What may not stand in a label. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** Any text, from short to far longer than a label, also with halves of surrogate pairs. */
const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 200 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 100 }).map((units) => String.fromCharCode(...units)),
  fc
    .tuple(fc.constantFrom("A", "é", "\u{1f600}", "\ud800", "\u202e", "\u061c", "\n"), fc.nat(100_000))
    .map(([unit, length]) => unit.repeat(length)),
);

/**
 * Writes into a record between two others, and checks that only it changed.
 *
 * @param {(request: HttpRequest) => void} write
 */
function checkNeighbours(write) {
  const [before, subject, next] = Array.from({ length: 3 }, () => new HttpRequest("GET", "/neighbour", undefined));
  // A block of records can end between them.
  if (before.$words !== next.$words) return;
  const page = subject.$bytes;
  const from = subject.$base << 2;
  const copy = page.slice();
  write(subject);
  const now = page.slice();
  now.fill(0, from, from + recordBytes);
  copy.fill(0, from, from + recordBytes);
  assert.ok(Buffer.from(now.buffer).equals(Buffer.from(copy.buffer)), "another record changed");
  const length = page[from + bytes.labelLength];
  assert.ok(length <= labelBytes, `a label of ${length} bytes`);
  const name = store.label(/** @type {number} */ (idOf(subject)));
  assert.equal(name, name.toWellFormed());
  assert.doesNotMatch(name, UNSAFE);
}

test("any method, target and route of a request stay in the request's own record", () => {
  fc.assert(
    fc.property(text, text, fc.boolean(), (method, target, isPath) => {
      checkNeighbours((request) => writeTarget(request, method, isPath ? `/${target}` : target));
      checkNeighbours((request) => writeRoute(request, method, `/${target}`));
    }),
    { numRuns: 300 },
  );
});

test("a request's record is bounded whatever its method is", () => {
  for (const length of [15, 16, 17, 62, 63, 64, 65, 128, 2000, 60_000]) {
    const first = new HttpRequest("A".repeat(length), "/path", undefined);
    const second = new HttpRequest("GET", "/next", undefined);
    const third = new HttpRequest("GET", "/third", undefined);
    assert.equal(store.label(/** @type {number} */ (idOf(first))), `${"A".repeat(length)} /path`.slice(0, labelBytes));
    for (const [request, name] of /** @type {const} */ ([
      [second, "GET /next"],
      [third, "GET /third"],
    ])) {
      const at = request.$base << 2;
      assert.equal(store.label(/** @type {number} */ (idOf(request))), name);
      assert.equal(request.$words[request.$base + LAYOUT.words.parentLow], 0);
      assert.ok(request.$bytes.subarray(at + bytes.label + name.length, at + recordBytes).every((byte) => byte === 0));
    }
  }
});

test("any text that the store's accessor and label() are given stays in its own record", () => {
  fc.assert(
    fc.property(text, (name) => {
      checkNeighbours((request) => {
        store.setLabel(/** @type {number} */ (idOf(request)), name);
      });
      if (name !== "") runTask(name, () => label(name));
    }),
    { numRuns: 100 },
  );
});

test("an HTTP/2 request with a method of 60 000 characters leaves the next client's request as it is", async () => {
  const tracking = trackRequests();
  /** @type {import("node:http2").ServerHttp2Stream[]} */
  const held = [];
  const server = http2.createServer();
  server.on("stream", (stream, headers) => {
    stream.on("error", () => {});
    if (headers[":path"] === "/hold") return held.push(stream);
    stream.respond({ ":status": 200 });
    stream.end("ok");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  const client = http2.connect(`http://127.0.0.1:${port}`);
  after(() => {
    client.destroy();
    server.close();
    tracking.stop();
  });
  const send = (/** @type {string} */ method, /** @type {string} */ path) => {
    const stream = client.request({ ":method": method, ":path": path });
    stream.on("error", () => {});
    stream.end();
    return stream;
  };
  for (const length of [2000, 15_000]) {
    await new Promise((resolve) => send("A".repeat(length), "/").on("close", resolve).resume());
  }
  const count = held.length;
  send("GET", "/hold");
  send("GET", "/hold");
  while (held.length < count + 2) await new Promise((resolve) => setTimeout(resolve, 5));
  const rows = store.contexts({ children: true }).filter((row) => row.label === "GET /hold");
  assert.equal(rows.length, 2);
  for (const row of rows) assert.equal(row.parent, null);
  for (const stream of held) stream.close();
});
