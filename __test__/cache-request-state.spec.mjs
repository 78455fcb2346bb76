import { testParity } from "./_support/shim-parity.mjs";

testParity("cache-request-state");
