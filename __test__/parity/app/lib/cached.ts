import { cacheLife, cacheTag, unstable_cache } from "next/cache";
import { cookies } from "next/headers";
import { count } from "./memory";
import { pause } from "./pause";

const HOUR = 3600;

export async function useCache(key: string) {
  "use cache";
  cacheLife({ stale: HOUR, revalidate: HOUR, expire: 24 * HOUR });
  cacheTag(`tag-${key}`);
  await pause(null, 0);
  return `use cache ${key}: made ${count(`use-cache ${key}`)}`;
}

export async function usePrivateCache(key: string) {
  "use cache: private";
  cacheLife({ stale: 60, revalidate: 60, expire: 120 });
  const cookie = (await cookies()).get("rid")?.value ?? "no-id";
  await pause(null, 0);
  return `private ${key}: cookie ${cookie}, made ${count(`private ${key}`)}`;
}

export function unstable(key: string): Promise<string> {
  const make = async () => {
    await pause(null, 0);
    return `unstable ${key}: made ${count(`unstable ${key}`)}`;
  };
  return unstable_cache(make, ["unstable", key], { tags: [`tag-${key}`], revalidate: HOUR })();
}

/** The harness responds with the number of requests it got. */
export async function fetched(key: string): Promise<string> {
  const response = await fetch(`${process.env.PARITY_ORIGIN}/${key}`, {
    next: { tags: [`tag-${key}`], revalidate: HOUR },
  });
  return `fetch ${key}: ${await response.text()}`;
}
