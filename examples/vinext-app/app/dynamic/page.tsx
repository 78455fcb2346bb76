import { headers } from "next/headers";
import { Ids } from "../../lib/ids";
import { pause } from "../../lib/pause";
import { cookieId, headerId } from "../../lib/request-ids";
import { type PageProps, queryId } from "../../lib/search-params";

export async function generateMetadata() {
  return { title: `dynamic ${await headerId()}` };
}

// A nested component, so that state is also read from a second async frame.
async function Nested() {
  await pause();
  return <p>{`nested: ${await headerId()}`}</p>;
}

export default async function Dynamic(props: PageProps) {
  const header = await headerId();
  const cookie = await cookieId();
  const query = await queryId(props);
  await pause();
  const middleware = (await headers()).get("x-from-middleware") ?? "no-id";

  return (
    <main>
      <Ids values={{ header, cookie, query, middleware }} />
      <Nested />
    </main>
  );
}
