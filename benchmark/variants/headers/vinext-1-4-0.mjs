import * as apis from "vinext-1-4-0/shims/headers";
import * as context from "vinext-1-4-0/shims/unified-request-context";

export const load = () => ({ ...context, ...apis });
