import { unstable_cache } from "next/cache";
import { pause } from "./pause";
import { stamp } from "./stamp";

export const cachedNumber = unstable_cache(
  async (key: string) => {
    await pause();
    return { key, madeAt: stamp() };
  },
  ["cached-number"],
  { tags: ["numbers"], revalidate: 2 },
);
