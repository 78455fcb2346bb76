import { Suspense } from "react";
import { cookieId, headerId } from "../../lib/request-ids";
import { type PageProps, queryId } from "../../lib/search-params";

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

// Each part reads its id only after its delay, when the shell is already sent.
async function HeaderPart() {
  await wait(20);
  return <p>{`header: ${await headerId()}`}</p>;
}

async function CookiePart() {
  await wait(35);
  return <p>{`cookie: ${await cookieId()}`}</p>;
}

async function QueryPart(props: PageProps) {
  await wait(50);
  return <p>{`query: ${await queryId(props)}`}</p>;
}

export default async function Stream(props: PageProps) {
  return (
    <main>
      <p>{`shell: ${await headerId()}`}</p>
      <Suspense fallback={<p>waiting for the header</p>}>
        <HeaderPart />
      </Suspense>
      <Suspense fallback={<p>waiting for the cookie</p>}>
        <CookiePart />
      </Suspense>
      <Suspense fallback={<p>waiting for the query</p>}>
        <QueryPart {...props} />
      </Suspense>
    </main>
  );
}
