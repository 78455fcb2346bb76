import { useCache } from "../../../../lib/cached";
import { count } from "../../../../lib/memory";
import { pause } from "../../../../lib/pause";

export const dynamic = "force-static";
export const revalidate = 3600;

export async function GET(_request: Request, { params }: { params: Promise<{ key: string }> }) {
  const { key } = await params;
  await pause(null, 0);
  return Response.json({ cached: await useCache(key), key, made: count(`isr route ${key}`) });
}
