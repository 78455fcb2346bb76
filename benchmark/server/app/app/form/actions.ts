"use server";

import { cookies, headers } from "next/headers";

export async function save(form: FormData) {
  const name = String(form.get("name"));
  const jar = await cookies();
  const previous = jar.get("session")?.value;
  jar.set("saved", name, { path: "/" });
  return { name, previous, agent: (await headers()).get("x-agent") };
}
