// What undici publishes of a request that `fetch()` sends, as far as it can be observed.

import { channel } from "node:diagnostics_channel";

const created = channel("undici:request:create");
const headers = channel("undici:request:headers");
const ended = channel("undici:request:trailers");
const response = { statusCode: 200 };

/** As a program makes them, not as ropes of parts. */
const paths = Array.from({ length: 50 }, (_, index) => Buffer.from(`/v1/charges/${index}?expand=all`).latin1Slice());

/** @param {number} index of the call */
export function call(index) {
  const request = { method: "POST", origin: "https://api.example.com", path: paths[index % paths.length] };
  if (created.hasSubscribers) created.publish({ request });
  if (headers.hasSubscribers) headers.publish({ request, response });
  if (ended.hasSubscribers) ended.publish({ request });
}
