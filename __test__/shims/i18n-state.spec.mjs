import { testParity } from "../_support/shim-parity.mjs";

testParity("i18n-state");
