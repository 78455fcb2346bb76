import { draftMode } from "next/headers";
import { headerId } from "../../../../lib/request-ids";

export async function GET() {
  const id = await headerId();
  (await draftMode()).disable();
  return Response.json({ id, draft: "disabled" });
}
