import type { NextRequest } from "next/server";
import { entriesOf } from "../../../lib/after-log";

export function GET(request: NextRequest) {
  const id = request.nextUrl.searchParams.get("rid") ?? "no-id";
  return Response.json({ id, entries: entriesOf(id) });
}
