import { type NextRequest, NextResponse } from "next/server";
import { pause } from "./lib/pause";

export async function middleware(request: NextRequest) {
  const id =
    request.headers.get("x-request-id") ??
    request.nextUrl.searchParams.get("rid") ??
    request.cookies.get("rid")?.value ??
    "no-id";

  await pause();

  const headers = new Headers(request.headers);
  headers.set("x-from-middleware", id);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("x-mw-id", id);
  return response;
}

export const config = { matcher: ["/((?!_next/|favicon.ico).*)"] };
