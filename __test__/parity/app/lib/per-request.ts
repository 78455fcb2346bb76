import { headers } from "next/headers";
import { cache } from "react";
import { cacheForRequest } from "vinext/cache";
import { count } from "./memory";

const ownId = async () => (await headers()).get("x-request-id") ?? "no-id";

/** Made once in a request: a second call says the same number. */
export const forRequest = cacheForRequest(async () => {
  const id = await ownId();
  return `cacheForRequest ${id} ${count(`cacheForRequest ${id}`)}`;
});

export const reactCached = cache(async (key: string) => {
  const id = await ownId();
  return `React.cache ${key} ${id} ${count(`React.cache ${key} ${id}`)}`;
});
