import type { NextRequest } from "next/server";
import { recorded } from "../../../lib/memory";

export const dynamic = "force-dynamic";

export function GET(request: NextRequest) {
  return Response.json(recorded(request.nextUrl.searchParams.get("of") ?? ""));
}
