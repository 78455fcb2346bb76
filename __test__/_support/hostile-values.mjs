// Values that an API was not designed for.

/** What a hostile function or getter throws. */
export class Hostile extends Error {}

export const hostile = () => {
  throw new Hostile("hostile");
};

function revoked(/** @type {object} */ target) {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

const throwing = (/** @type {object} */ target) =>
  new Proxy(target, { get: hostile, has: hostile, ownKeys: hostile, getPrototypeOf: hostile, apply: hostile });

/** Each is made anew: some are changed by what gets them. @type {Array<() => any>} */
export const VALUES = [
  ...[undefined, null, true, false, 0, -0, 1, -1, 1.5, 250, 2 ** 31 - 1, 2 ** 31, 2 ** 32, -(2 ** 31)],
  ...[
    2 ** 53,
    2 ** 53 + 2,
    2 ** 64,
    1e308,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    1n,
    2n ** 64n,
  ],
  ...["", "x", "0", "1", "\0", "a\0b", "\ud800", "a\udc00b", "\u202e\n\r\u001b[31m", "é".repeat(40), "😀".repeat(20)],
  ...[
    "__proto__",
    "constructor",
    "toString",
    "active",
    "flag",
    "enum",
    "request",
    "limit",
    "x".repeat(201),
    "x".repeat(1e6),
  ],
  ...[Symbol("x"), Symbol.iterator],
].map((value) => () => value);
VALUES.push(
  () => ({}),
  () => Object.create(null),
  () => Object.freeze({}),
  () => [],
  () => Array(3),
  () => [1, "x", null],
  () => new Date(Number.NaN),
  () => new Map([[1, 2]]),
  () => new Uint8Array(4),
  () => {
    const buffer = new ArrayBuffer(8);
    structuredClone(buffer, { transfer: [buffer] });
    return buffer;
  },
  () => new SharedArrayBuffer(8),
  () => new Error("x"),
  () => /x/,
  () => class {},
  () => () => {},
  () => async () => {},
  () => hostile,
  () => revoked({}),
  () => revoked(() => {}),
  () => throwing({}),
  () => throwing(() => {}),
  () => ({ toString: hostile, valueOf: hostile, [Symbol.toPrimitive]: hostile, toJSON: hostile }),
  () => ({ toString: () => "x", valueOf: () => 1 }),
  () => Object.defineProperty([], "length", { writable: false }),
  () => new Number(1),
  () => new String("x"),
  () => globalThis,
);

/** Names of options and of what a spec has, of all calls. */
const NAMES = [
  ...["limit", "label", "state", "thread", "children", "idleMs", "thresholdMs", "stacks", "onStall", "maxPerMinute"],
  ...["directory", "keep", "maxBytes", "strict", "port", "host", "token", "maxBlockedMs"],
  ...["kind", "lifetime", "inChild", "default", "variants", "make", "key", "name", "defaultValue", "__proto__"],
];

/** @param {() => number} random */
export function generators(random) {
  const below = (/** @type {number} */ n) => Math.floor(random() * n);
  /** @template T @param {readonly T[]} list @returns {T} */
  const pick = (list) => list[below(list.length)];
  const value = () => pick(VALUES)();
  /** An object of options of which some are right by name. */
  const options = () => {
    /** @type {Record<string, unknown>} */
    const made = {};
    for (let left = below(4); left > 0; left--) {
      const name = pick(NAMES);
      if (random() < 0.1) Object.defineProperty(made, name, { get: hostile, enumerable: true, configurable: true });
      else Object.defineProperty(made, name, { value: value(), enumerable: true, configurable: true });
    }
    return made;
  };
  const any = () => (random() < 0.3 ? options() : value());
  return { below, pick, value, options, any };
}
