import { testParity } from "../_support/shim-parity.mjs";

testParity("fetch-cache-state");
