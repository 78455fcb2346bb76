import { redirect } from "next/navigation";
import { headerId } from "../../lib/request-ids";

export default async function Redirect() {
  redirect(`/dynamic?rid=${await headerId()}`);
}
