"use server";

import { revalidatePath, revalidateTag } from "next/cache";
import { cookies } from "next/headers";
import { pause } from "../../lib/pause";
import { headerId } from "../../lib/request-ids";

export async function saveId(formData: FormData) {
  const id = String(formData.get("rid"));
  await pause();
  (await cookies()).set("saved", id, { path: "/", httpOnly: true });
  await pause();
  revalidateTag("numbers", "max");
  revalidatePath("/isr");
  return { saved: id, header: await headerId() };
}
