"use server";

import { revalidatePath, revalidateTag, updateTag } from "next/cache";
import { cookies, draftMode, headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import { after } from "next/server";
import { record } from "../../../lib/memory";
import { observe } from "../../../lib/observe";
import { pause } from "../../../lib/pause";

/** What to do is a field of the form, so that one action covers it all. */
export async function act(form: FormData) {
  const [id, task] = [String(form.get("rid")), String(form.get("task"))];
  const seen = await observe(2);
  const jar = await cookies();
  jar.set("action", id, { path: "/", httpOnly: true });
  await pause((await headers()).get("x-delays"), 4);
  jar.delete("doomed");
  after(() => record(id, `after action ${task}`));
  if (task === "redirect") redirect(`/page-state?rid=${id}`);
  if (task === "missing") notFound();
  if (task === "tag") revalidateTag(`tag-${id}`, { expire: 0 });
  if (task === "update") updateTag(`tag-${id}`);
  if (task === "path") revalidatePath(`/isr/${id}`);
  if (task === "draft") (await draftMode()).enable();
  return { task, seen, header: (await headers()).get("x-request-id"), set: jar.get("action")?.value };
}
