import { headers } from "next/headers";
import { look } from "../lib/look";

// Reads the request, so that it is made for each anew.
export default async function sitemap() {
  await look(2);
  return [{ url: `https://example.test/${(await headers()).get("x-request-id") ?? "no-id"}` }];
}
