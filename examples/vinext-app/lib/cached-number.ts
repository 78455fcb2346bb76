import { unstable_cache } from "next/cache";
import { pause } from "./pause";
import { timestamp } from "./timestamp";

export const cachedNumber = unstable_cache(
  async (key: string) => {
    await pause();
    return { key, madeAt: timestamp() };
  },
  ["cached-number"],
  { tags: ["numbers"], revalidate: 2 },
);
