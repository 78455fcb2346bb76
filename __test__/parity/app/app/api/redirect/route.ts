import { cookies } from "next/headers";
import { permanentRedirect, redirect } from "next/navigation";
import type { NextRequest } from "next/server";
import { observe } from "../../../lib/observe";

export async function GET(request: NextRequest) {
  await observe(2);
  const id = request.nextUrl.searchParams.get("rid");
  (await cookies()).set("redirecting", id ?? "no-id");
  if (request.nextUrl.searchParams.has("permanent")) permanentRedirect(`/page-state?rid=${id}`);
  redirect(`/page-state?rid=${id}`);
}
