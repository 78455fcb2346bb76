// Specs that no registry may accept, by what is wrong with them. The same list goes to both backends.

const big = (length) => Array.from({ length }, (_, index) => `variant ${index}`);

const make = () => [];

/** @type {Record<string, [key: any, spec: any]>} */
export const INVALID = {
  "an empty key": ["", { kind: "value" }],
  "a key of 201 bytes": ["k".repeat(201), { kind: "value" }],
  "a key of 101 characters of two bytes": ["é".repeat(101), { kind: "value" }],
  "a key that is a number": [7, { kind: "value" }],
  "a key that is a symbol": [Symbol("key"), { kind: "value" }],
  "no key": [undefined, { kind: "value" }],
  "no kind": ["invalid", {}],
  "an unknown kind": ["invalid", { kind: "object" }],
  "a kind that every object has": ["invalid", { kind: "constructor" }],
  "an unknown lifetime": ["invalid", { kind: "value", lifetime: "process" }],
  "an unknown value of inChild": ["invalid", { kind: "value", inChild: "copy" }],
  "null as inChild": ["invalid", { kind: "value", inChild: null }],
  "variants of another kind": ["invalid", { kind: "flag", variants: ["a"] }],
  "lazy in a scope": ["invalid", { kind: "lazy", lifetime: "scope", make }],
  "lazy with a default": ["invalid", { kind: "lazy", lifetime: "request", make, default: null }],
  "a flag that is 1": ["invalid", { kind: "flag", default: 1 }],
  "a flag that is null": ["invalid", { kind: "flag", default: null }],
  "a value that is NaN": ["invalid", { kind: "value", default: Number.NaN }],
  "a value that is endless": ["invalid", { kind: "value", default: Number.NEGATIVE_INFINITY }],
  "a value that is an object": ["invalid", { kind: "value", default: {} }],
  "a value that is a function": ["invalid", { kind: "value", default: () => {} }],
  "a value that is a bigint": ["invalid", { kind: "value", default: 1n }],
  "a value that is a symbol": ["invalid", { kind: "value", default: Symbol("value") }],
  "a counter that is negative": ["invalid", { kind: "counter", default: -1 }],
  "a counter that is a fraction": ["invalid", { kind: "counter", default: 0.5 }],
  "a counter beyond its field": ["invalid", { kind: "counter", default: 2 ** 31 }],
  "a counter that is text": ["invalid", { kind: "counter", default: "1" }],
  "an enum without variants": ["invalid", { kind: "enum" }],
  "an enum of nothing": ["invalid", { kind: "enum", variants: [] }],
  "an enum of 251": ["invalid", { kind: "enum", variants: big(251) }],
  "an enum with a variant twice": ["invalid", { kind: "enum", variants: ["a", "b", "a"] }],
  "an enum with a fraction": ["invalid", { kind: "enum", variants: [1, 1.5] }],
  "an enum with an inexact number": ["invalid", { kind: "enum", variants: [2 ** 53] }],
  "an enum with null": ["invalid", { kind: "enum", variants: [null] }],
  "an enum with a symbol": ["invalid", { kind: "enum", variants: [Symbol("variant")] }],
  "an enum with a hole": ["invalid", { kind: "enum", variants: new Array(1) }],
  "an enum with another default": ["invalid", { kind: "enum", variants: ["a"], default: "b" }],
  "an enum with null as its default": ["invalid", { kind: "enum", variants: ["a"], default: null }],
  "an enum with its default as text": ["invalid", { kind: "enum", variants: [1], default: "1" }],
  "variants that are text": ["invalid", { kind: "enum", variants: "abc" }],
  "variants that are like an array": ["invalid", { kind: "enum", variants: { 0: "a", length: 1 } }],
};

/** Specs at the edge of what is allowed. */
export const VALID = [
  [`edge.key.${"k".repeat(191)}`, { kind: "value" }],
  [`edge.wide.${"é".repeat(95)}`, { kind: "value" }],
  ["edge.value", { kind: "value", default: -0.5 }],
  ["edge.text", { kind: "value", default: "text", lifetime: "request" }],
  ["edge.counter", { kind: "counter", default: 2 ** 31 - 1 }],
  ["edge.enum", { kind: "enum", variants: big(250), default: "variant 249" }],
  ["edge.mixed", { kind: "enum", variants: ["1", 1, -1, "", Number.MAX_SAFE_INTEGER], default: -1 }],
  ["edge.lazy", { kind: "lazy", lifetime: "request", make, inChild: "reset" }],
];

/** Every kind with all that it can have, each differing from the others in one thing only. */
export const DISTINCT = [
  { kind: "value", lifetime: "scope" },
  { kind: "value", lifetime: "request" },
  { kind: "value", lifetime: "request", inChild: "reset" },
  { kind: "value", lifetime: "request", default: "null" },
  { kind: "value", lifetime: "request", default: 0 },
  { kind: "value", lifetime: "request", default: false },
  { kind: "flag", lifetime: "scope" },
  { kind: "flag", lifetime: "scope", default: true },
  { kind: "counter", lifetime: "scope" },
  { kind: "counter", lifetime: "scope", default: 1 },
  { kind: "enum", lifetime: "scope", variants: ["a", "b"] },
  { kind: "enum", lifetime: "scope", variants: ["b", "a"], default: "a" },
  { kind: "enum", lifetime: "scope", variants: ["a", "b"], default: "b" },
  { kind: "enum", lifetime: "scope", variants: ["1"] },
  { kind: "enum", lifetime: "scope", variants: [1] },
  { kind: "lazy", lifetime: "request", make },
  { kind: "lazy", lifetime: "request", make, inChild: "reset" },
];
