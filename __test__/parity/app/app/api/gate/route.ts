import type { NextRequest } from "next/server";
import { open } from "../../../lib/memory";

export async function POST(request: NextRequest) {
  open(await request.text());
  return new Response(null, { status: 204 });
}
