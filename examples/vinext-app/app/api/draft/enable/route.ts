import { draftMode } from "next/headers";
import { headerId } from "../../../../lib/request-ids";

export async function GET() {
  const id = await headerId();
  (await draftMode()).enable();
  return Response.json({ id, draft: "enabled" });
}
