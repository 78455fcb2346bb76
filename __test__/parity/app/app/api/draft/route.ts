import { draftMode } from "next/headers";
import type { NextRequest } from "next/server";
import { observe } from "../../../lib/observe";

export async function GET(request: NextRequest) {
  const seen = await observe(1);
  const draft = await draftMode();
  const before = draft.isEnabled;
  const mode = request.nextUrl.searchParams.get("mode");
  if (mode === "on") draft.enable();
  if (mode === "off") draft.disable();
  return Response.json({ before, mode, seen, again: await observe(1, 4) });
}
