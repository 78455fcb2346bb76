import { redirect } from "next/navigation";
import { look } from "../../../lib/look";
import { type PageProps, queryOf } from "../../../lib/search-params";

export default async function Redirect(props: PageProps) {
  await look(1);
  redirect(`/page-state?rid=${await queryOf(props, "rid")}`);
}
