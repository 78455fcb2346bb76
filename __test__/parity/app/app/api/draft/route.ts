import { draftMode } from "next/headers";
import type { NextRequest } from "next/server";
import { look } from "../../../lib/look";

export async function GET(request: NextRequest) {
  const seen = await look(1);
  const draft = await draftMode();
  const before = draft.isEnabled;
  const turn = request.nextUrl.searchParams.get("turn");
  if (turn === "on") draft.enable();
  if (turn === "off") draft.disable();
  return Response.json({ before, turn, seen, again: await look(1, 4) });
}
