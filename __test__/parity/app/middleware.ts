import { type NextRequest, NextResponse } from "next/server";
import { pause } from "./lib/pause";

export async function middleware(request: NextRequest) {
  const id = request.headers.get("x-request-id") ?? "no-id";
  const delays = request.headers.get("x-delays");
  const { pathname } = request.nextUrl;
  await pause(delays, 0);
  if (pathname === "/redirected") {
    const response = NextResponse.redirect(new URL(`/page-state?rid=${id}`, request.url), 308);
    response.cookies.set("mw-redirect", id, { path: "/redirected" });
    return response;
  }
  const headers = new Headers(request.headers);
  headers.set("x-from-middleware", id);
  await pause(delays, 1);
  const response =
    pathname === "/rewritten"
      ? NextResponse.rewrite(new URL(`/page-state?rid=${id}&rewritten=1`, request.url), { request: { headers } })
      : NextResponse.next({ request: { headers } });
  response.headers.set("x-mw-id", request.cookies.get("rid")?.value ?? "no-id");
  response.cookies.set("mw", id, { httpOnly: true });
  return response;
}

export const config = { matcher: ["/((?!_next/|favicon.ico).*)"] };
