import { lang } from "next/root-params";
import { Lines } from "../../../../lib/lines";
import { look } from "../../../../lib/look";

type Props = { params: Promise<{ lang: string; id: string }> };

export default async function RootParams({ params }: Props) {
  const before = await lang();
  const seen = await look(2);
  return <Lines lines={[`root parameter ${before} ${await lang()}`, `id ${(await params).id}`, ...seen]} />;
}
