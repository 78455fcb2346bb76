import { cookies } from "next/headers";
import type { NextRequest } from "next/server";
import { observe } from "../../../lib/observe";
import { pause } from "../../../lib/pause";
import { forRequest } from "../../../lib/per-request";

async function respond(request: NextRequest, body?: unknown) {
  const seen = await observe();
  const jar = await cookies();
  jar.set("echo", request.headers.get("x-request-id") ?? "no-id", { path: "/", sameSite: "lax" });
  await pause(request.headers.get("x-delays"), 5);
  jar.set("second", jar.get("echo")?.value ?? "no-id", { maxAge: 60 });
  jar.delete("doomed");
  const once = [await forRequest(), await forRequest()];
  const headers = { "x-response-id": request.cookies.get("rid")?.value ?? "no-id" };
  return Response.json({ seen, once, query: request.nextUrl.searchParams.get("rid"), body }, { headers });
}

export function GET(request: NextRequest) {
  return respond(request);
}

export async function POST(request: NextRequest) {
  await pause(request.headers.get("x-delays"), 6);
  return respond(request, await request.json());
}
