import { testParity } from "../_support/shim-parity.mjs";

testParity("router-state");
