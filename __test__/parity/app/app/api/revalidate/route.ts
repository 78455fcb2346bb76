import { revalidatePath, revalidateTag } from "next/cache";
import type { NextRequest } from "next/server";
import { look } from "../../../lib/look";

export async function POST(request: NextRequest) {
  const { tag, path, profile } = await request.json();
  const seen = await look(1);
  if (tag !== undefined) revalidateTag(tag, profile ?? { expire: 0 });
  if (path !== undefined) revalidatePath(path);
  return Response.json({ seen, tag, path, again: await look(1, 4) });
}
