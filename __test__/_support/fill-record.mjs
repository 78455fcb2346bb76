// Registers native slots until the record has no field left and prints how many there were, and what still works then.

import { registerSlot, store } from "../../js/index.js";

const taken = {};
const codes = {};
for (const kind of ["flag", "counter"]) {
  for (taken[kind] = 0; codes[kind] === undefined && taken[kind] < 100; ) {
    try {
      registerSlot(kind + taken[kind], { kind, lifetime: "request" });
      taken[kind]++;
    } catch (error) {
      codes[kind] = error.code;
    }
  }
}
const scope = registerSlot("flag of a scope", { kind: "flag", lifetime: "scope" }).key;
const again = registerSlot("flag0", { kind: "flag", lifetime: "request" }).key;
console.log(JSON.stringify({ taken, codes, scope, again, list: store.slots() }));
