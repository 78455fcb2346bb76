import { unstable, useCache } from "../../../../lib/cached";
import { Lines } from "../../../../lib/lines";
import { count } from "../../../../lib/memory";
import { pause } from "../../../../lib/pause";
import { Place } from "../../page-state/client";

type Props = { params: Promise<{ key: string }> };

// Long: what changes a page is a call of revalidatePath or revalidateTag, not time.
export const revalidate = 3600;

export function generateStaticParams() {
  return [];
}

export default async function Isr({ params }: Props) {
  const { key } = await params;
  await pause(null, 0);
  const lines = [await useCache(key), await unstable(key), `page ${key}: made ${count(`isr page ${key}`)}`];
  return (
    <main>
      <Lines lines={lines} />
      <Place id={key} />
    </main>
  );
}
