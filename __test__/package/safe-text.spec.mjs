import assert from "node:assert/strict";
import { test } from "node:test";
import { LAYOUT } from "../../js/generated/slot-table.js";
import { store } from "../../js/index.js";
import { label, runTask } from "../../js/inspect.js";
import { idOf } from "../../js/store/records.js";
import { HttpRequest } from "../../js/tracking/http-request.js";
import { clean, escapeJson } from "../../js/util/safe-text.js";

// One set of characters that no label shows, for both languages and every writer and reader.

const MAX = 0x10ffff;
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** So many characters of any length fit into a label. */
const TOGETHER = LAYOUT.labelBytes / 4;

/** @param {(text: string) => string} show what becomes of a text of at most `TOGETHER` characters */
function checkAll(show) {
  for (let first = 0; first <= MAX; first += TOGETHER) {
    const points = Array.from({ length: TOGETHER }, (_, index) => first + index).filter(
      (point) => point <= MAX && (point < 0xd800 || point > 0xdfff),
    );
    const characters = points.map((point) => String.fromCodePoint(point));
    const expected = characters.map((character) => (UNSAFE.test(character) ? "?" : character)).join("");
    const shown = show(characters.join(""));
    if (shown !== expected) assert.equal(escapeJson(shown), escapeJson(expected), `from U+${first.toString(16)}`);
  }
}

test("the cleaner replaces exactly the characters of Unicode's Cc, Cf, Zl and Zp", () => {
  checkAll(clean);
  assert.equal(clean("a\ud800b\udfff"), "a\ufffdb\ufffd");
});

test("the store cleans the same characters, whichever language it is in", () => {
  const request = new HttpRequest("GET", "/", undefined);
  const contextId = Number(idOf(request));
  checkAll((text) => {
    store.setLabel(contextId, text);
    return store.label(contextId);
  });
  request.end();
});

test("whatever writes a label cleans it", () => {
  const odd = "a\u061cb\u200bc\u202e\u{e0041}\n\ud800";
  const shown = "a?b?c???\ufffd";
  const read = (/** @type {HttpRequest} */ request) => store.label(Number(idOf(request)));
  const request = new HttpRequest("GET", Buffer.from(`/${odd}`).toString("latin1"), undefined);
  assert.equal(read(request), `GET /${shown}`);
  request.setRoute(`/${odd}`, false);
  assert.equal(read(request), `GET /${shown}`);
  store.setLabel(Number(idOf(request)), odd);
  assert.equal(read(request), shown);
  const all = () => store.contexts().filter((context) => context.label === shown).length;
  const before = all();
  runTask(odd, () => {
    assert.equal(all(), before + 1);
    label("plain");
    assert.equal(all(), before);
    label(odd);
    assert.equal(all(), before + 1);
  });
  request.end();
});

test("a label that was put into the memory without being cleaned is read as safe", () => {
  const request = new HttpRequest("GET", "/", undefined);
  const at = request.$base << 2;
  request.$bytes[at + LAYOUT.bytes.label] = 0x1b;
  assert.equal(store.label(Number(idOf(request))), "?ET /");
  request.$bytes[at + LAYOUT.bytes.labelLength] = 255;
  assert.ok(Buffer.byteLength(store.label(Number(idOf(request)))) <= LAYOUT.labelBytes);
  assert.ok(store.contexts().some((context) => context.label.startsWith("?ET /")));
  request.end();
});

test("nothing is left of a label that was longer", () => {
  const request = new HttpRequest("GET", `/${"x".repeat(100)}`, undefined);
  const rest = () => request.$bytes.subarray((request.$base << 2) + LAYOUT.bytes.label + 1).subarray(0, 63);
  store.setLabel(Number(idOf(request)), "a");
  assert.ok(rest().every((byte) => byte === 0));
  request.setRoute("/route", false);
  assert.equal(store.label(Number(idOf(request))), "a", "the route does not replace a name");
  request.end();
});

test("a method that is unknown to Node makes no label of its own for a route", () => {
  for (const method of ["BREW", "get", "__proto__", "A".repeat(1000), "G\u202eET"]) {
    const request = new HttpRequest(method, "/pot/1", undefined);
    request.setRoute("/pot/[id]", false);
    assert.equal(store.label(Number(idOf(request))), "other method /pot/[id]");
    request.end();
  }
});
