import * as shim from "vinext-1-4-0/shims/unified-request-context";
import { appOptions } from "./request.mjs";
import { unifiedContext } from "./unified-context.mjs";

export const createVariant = () => unifiedContext(shim, appOptions, Object.keys(shim.createRequestContext()));
