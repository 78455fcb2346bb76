import { testParity } from "../_support/shim-parity.mjs";

// State modules whose parity with vinext's own is all that there is to test. The others have a spec each.
for (const name of ["fetch-cache-state", "head-state", "i18n-state", "root-params", "router-state"]) testParity(name);
