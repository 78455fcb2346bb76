import { cookies, headers } from "next/headers";
import { pause } from "./pause";

export async function headerId(): Promise<string> {
  const id = (await headers()).get("x-request-id") ?? "no-id";
  await pause();
  return id;
}

export async function cookieId(): Promise<string> {
  const id = (await cookies()).get("rid")?.value ?? "no-id";
  await pause();
  return id;
}
