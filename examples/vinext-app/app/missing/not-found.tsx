import { headerId } from "../../lib/request-ids";

export default async function NotFound() {
  return <p>{`nothing here for ${await headerId()}`}</p>;
}
