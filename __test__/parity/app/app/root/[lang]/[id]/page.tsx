import { lang } from "next/root-params";
import { Lines } from "../../../../lib/lines";
import { observe } from "../../../../lib/observe";

type Props = { params: Promise<{ lang: string; id: string }> };

export default async function RootParams({ params }: Props) {
  const before = await lang();
  const seen = await observe(2);
  return <Lines lines={[`root parameter ${before} ${await lang()}`, `id ${(await params).id}`, ...seen]} />;
}
