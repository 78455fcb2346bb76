// What a request brings to its context.

export const headersContext = {
  headers: new Headers({ accept: "text/html", cookie: "session=1" }),
  cookies: new Map([["session", "1"]]),
};
export const executionContext = { waitUntil() {} };
export const cookie = "theme=dark; Path=/";

const requestSignal = new AbortController().signal;

/** What an App request of vinext 1.4.0 gives to its context (its server/app-rsc-handler.js). */
export const appOptions = () => ({
  headersContext,
  executionContext,
  isOnDemandRevalidate: false,
  requestSignal,
  unstableCacheRevalidation: "background",
});
