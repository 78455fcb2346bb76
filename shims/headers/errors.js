// What changing a request's headers or cookies throws where that is not allowed. Frameworks tell them by message and name.

/** Headers are never changed. */
export class ReadonlyHeadersError extends Error {
  constructor() {
    super("Headers cannot be modified. Read more: https://nextjs.org/docs/app/api-reference/functions/headers");
  }
}

/** Cookies are changed in an action or a route handler, not in a render. */
export class ReadonlyRequestCookiesError extends Error {
  constructor() {
    super(
      "Cookies can only be modified in a Server Action or Route Handler. Read more: https://nextjs.org/docs/app/api-reference/functions/cookies#options",
    );
  }
}
