import * as shim from "vinext-0-0-31/shims/unified-request-context";
import { executionContext, headersContext } from "./request.mjs";
import { unifiedContext } from "./unified-context.mjs";

/** What an App request of this release gives (its entries/app-rsc-entry.js). */
const appOptions = () => ({ headersContext, executionContext });

export const createVariant = () => unifiedContext(shim, appOptions, Object.keys(shim.createRequestContext()));
