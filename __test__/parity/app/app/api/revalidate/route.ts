import { revalidatePath, revalidateTag } from "next/cache";
import type { NextRequest } from "next/server";
import { observe } from "../../../lib/observe";

export async function POST(request: NextRequest) {
  const { tag, path, profile } = await request.json();
  const seen = await observe(1);
  if (tag !== undefined) revalidateTag(tag, profile ?? { expire: 0 });
  if (path !== undefined) revalidatePath(path);
  return Response.json({ seen, tag, path, again: await observe(1, 4) });
}
