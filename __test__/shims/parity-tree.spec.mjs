import assert from "node:assert/strict";
import { test } from "node:test";
import { describeTree } from "../parity/flight.mjs";

// Parity compares component trees through this: what it hides must be nothing but how a tree is cut and numbered.

const TREE = [
  '0:{"page":"$L1","again":"$1:props:children:0"}',
  '1:["$","p",null,{"children":["first","$2",["$","$L3",null,{}]]}]',
  '3:I["module",[],"Client",1]',
];
const text = (/** @type {string} */ content) => `2:T${Buffer.byteLength(content).toString(16)},${content}`;
const whole = `${TREE.join("\n")}\n${text("größer\nals eins")}`;

test("order and numbers of rows are no difference", () => {
  const turned = `${text("größer\nals eins")}${[...TREE].reverse().join("\n")}\n`;
  assert.equal(describeTree(turned), describeTree(whole));
  assert.equal(describeTree(whole.replaceAll(/(^|\$L?)3\b/gm, "$1a7")), describeTree(whole));
});

test("a value in a row of its own is the same as one in place", () => {
  const apart = whole.replace('"first"', '"$5"').replace("0:", '5:"first"\n0:');
  assert.equal(describeTree(apart), describeTree(whole));
});

test("what development adds is no difference", () => {
  const more = whole
    .replace('["$","$L3",null,{}]', '["$","$L3",null,{},"$9","$8",1]')
    .replace("1:[", '1:D{"time":1.5}\n1:D"$9"\n:N17.5\n9:{"name":"Page"}\n8:[]\n1:[');
  assert.equal(describeTree(more), describeTree(whole));
});

test("every other change is a difference", () => {
  for (const [from, to] of [
    ["first", "second"],
    ["größer", "kleiner"],
    ["Client", "Other"],
    ['"$L1"', '"$L3"'],
    ["children:0", "children:1"],
    ['"p"', '"div"'],
    ["null,{}", '"key",{}'],
  ]) {
    assert.notEqual(describeTree(whole.replace(from, to)), describeTree(whole), `${from} to ${to}`);
  }
  assert.notEqual(describeTree(`:HL["/style.css","style"]\n${whole}`), describeTree(whole));
});
