import { testParity } from "../_support/shim-parity.mjs";

testParity("root-params");
