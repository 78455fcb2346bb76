import { cacheLife, cacheTag } from "next/cache";
import { pause } from "./pause";
import { timestamp } from "./timestamp";

export async function cachedGreeting(key: string) {
  "use cache";
  cacheLife({ stale: 1, revalidate: 2, expire: 60 });
  cacheTag("greeting", `greeting-${key}`);
  await pause();
  return { text: `hello ${key}`, madeAt: timestamp() };
}
