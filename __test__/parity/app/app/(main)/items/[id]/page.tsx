import { Lines } from "../../../../lib/lines";
import { Place } from "../../page-state/client";

type Props = { params: Promise<{ id: string }> };

// Two are made by the build, the others on the first request.
export function generateStaticParams() {
  return [{ id: "first" }, { id: "second" }];
}

export async function generateMetadata({ params }: Props) {
  return { title: `item ${(await params).id}` };
}

export default async function Item({ params }: Props) {
  const { id } = await params;
  return (
    <main>
      <Lines lines={[`item ${id}`]} />
      <Place id={id} />
    </main>
  );
}
