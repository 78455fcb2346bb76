import { cookies } from "next/headers";
import { permanentRedirect, redirect } from "next/navigation";
import type { NextRequest } from "next/server";
import { look } from "../../../lib/look";

export async function GET(request: NextRequest) {
  await look(2);
  const id = request.nextUrl.searchParams.get("rid");
  (await cookies()).set("redirecting", id ?? "no-id");
  if (request.nextUrl.searchParams.has("permanent")) permanentRedirect(`/page-state?rid=${id}`);
  redirect(`/page-state?rid=${id}`);
}
