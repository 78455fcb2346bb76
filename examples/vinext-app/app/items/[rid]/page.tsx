import { Ids } from "../../../lib/ids";
import { cookieId } from "../../../lib/request-ids";

type Props = { params: Promise<{ rid: string }> };

export default async function Item({ params }: Props) {
  const cookie = await cookieId();
  const { rid } = await params;
  return <Ids values={{ param: rid, cookie }} />;
}
