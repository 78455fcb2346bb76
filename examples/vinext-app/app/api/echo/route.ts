import { cookies } from "next/headers";
import type { NextRequest } from "next/server";
import { pause } from "../../../lib/pause";
import { cookieId, headerId } from "../../../lib/request-ids";

async function respond(request: NextRequest, extra: object = {}) {
  const header = await headerId();
  const cookie = await cookieId();
  const query = request.nextUrl.searchParams.get("rid") ?? "no-id";
  await pause();
  (await cookies()).set("echo", header, { path: "/" });
  return Response.json({ header, cookie, query, ...extra });
}

export function GET(request: NextRequest) {
  return respond(request);
}

export async function POST(request: NextRequest) {
  await pause();
  const { rid } = await request.json();
  return respond(request, { body: rid });
}
