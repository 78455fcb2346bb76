import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { SLOTS } from "../../js/generated/slot-table.js";
import { CORE, STATE } from "../../js/vite/modules.js";
import { stockFile } from "../_support/stock.mjs";

// docs/als-architecture.md lists what exists in code; each list is compared with where it comes from.

const text = readFileSync(new URL("../../docs/als-architecture.md", import.meta.url), "utf8");

/**
 * @param {string} header the first cell of a table's header
 * @returns {string[][]} cells of each row, without the backquotes
 */
function table(header) {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => line.startsWith(`| ${header} |`));
  assert.notEqual(start, -1, `a table that begins with "${header}"`);
  const rest = lines.slice(start + 2);
  const rows = rest.slice(
    0,
    rest.findIndex((line) => !line.startsWith("|")),
  );
  return rows.map((row) =>
    row
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll("`", "")),
  );
}

/**
 * @param {RegExp} pattern with one group
 * @returns {string[]} what the group matched in vinext's own modules, sorted, each once
 */
function inVinext(pattern) {
  const dist = stockFile("");
  const found = readdirSync(dist, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".js"))
    .flatMap((name) => [...readFileSync(join(dist, name), "utf8").matchAll(pattern)].map(([, key]) => key));
  return [...new Set(found)].sort();
}

const column = (/** @type {string} */ header) =>
  table(header)
    .map(([first]) => first)
    .sort();

test("every storage that vinext makes is listed", () => {
  assert.deepEqual(column("key"), inVinext(/getOrCreateAls\("([^"]+)"\)/g));
});

test("every shared state that vinext keeps outside requests is listed", () => {
  assert.deepEqual(column("shared state"), inVinext(/Symbol\.for\("(vinext\.[\w.]*[fF]allback)"\)/g));
});

test("a storage that replaces the context outside a request is one of those with a place in it", () => {
  for (const [key, , scope, place] of table("key")) {
    assert.equal(place === "context", scope === "outside a request", key);
  }
});

test("every field of the request context is listed, with its owner and where it is kept", () => {
  const kept = ({ kind, native }) => {
    if (native) return `record, ${kind}`;
    return kind;
  };
  assert.deepEqual(
    table("field"),
    SLOTS.map((slot) => [slot.key, slot.owner, kept(slot)]),
  );
});

test("every field's owner is a module of vinext's", () => {
  const modules = readdirSync(stockFile("shims"));
  for (const [field, owner] of table("field")) assert.ok(modules.includes(`${owner}.js`), field);
});

test("every module that is not vinext's own is named", () => {
  for (const name of CORE) assert.ok(text.includes(`\`${name}\``), name);
  const compatibility = readFileSync(new URL("../../docs/compatibility.md", import.meta.url), "utf8");
  for (const name of STATE) assert.ok(compatibility.includes(`\`${name}\``), name);
});
