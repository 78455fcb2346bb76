// In place of a declaration of Next.js's that vinext's refer to, and that does not pass the checks that ours must.
export type ReadonlyRequestCookies = any;
