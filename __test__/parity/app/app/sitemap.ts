import { headers } from "next/headers";
import { observe } from "../lib/observe";

// Reads the request, so that it is made for each anew.
export default async function sitemap() {
  await observe(2);
  return [{ url: `https://example.test/${(await headers()).get("x-request-id") ?? "no-id"}` }];
}
