import { draftMode } from "next/headers";
import { headerId } from "../../lib/request-ids";

export default async function Draft() {
  const id = await headerId();
  const { isEnabled } = await draftMode();
  return <p>{`draft ${isEnabled} for ${id}`}</p>;
}
