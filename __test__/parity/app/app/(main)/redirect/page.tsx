import { redirect } from "next/navigation";
import { observe } from "../../../lib/observe";
import { type PageProps, queryOf } from "../../../lib/search-params";

export default async function Redirect(props: PageProps) {
  await observe(1);
  redirect(`/page-state?rid=${await queryOf(props, "rid")}`);
}
