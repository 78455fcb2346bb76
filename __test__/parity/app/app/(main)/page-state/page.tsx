import { draftMode, headers } from "next/headers";
import { Lines } from "../../../lib/lines";
import { open, passed } from "../../../lib/memory";
import { observe } from "../../../lib/observe";
import { pause } from "../../../lib/pause";
import { forRequest, reactCached } from "../../../lib/per-request";
import { type PageProps, queryOf } from "../../../lib/search-params";
import { Navigation } from "./client";

export async function generateMetadata(props: PageProps) {
  const first = (await headers()).get("x-request-id") ?? "no-id";
  await pause((await headers()).get("x-delays"), 1);
  const metadata = { title: `title ${first}`, description: `query ${await queryOf(props, "rid")}` };
  open(`${first} metadata`);
  return metadata;
}

async function Nested() {
  return <Lines lines={[await forRequest(), await reactCached("a"), ...(await observe(2, 5))]} />;
}

export default async function PageState(props: PageProps) {
  const lines = await observe();
  lines.push(`query ${await queryOf(props, "rid")}`, `rewritten ${await queryOf(props, "rewritten")}`);
  lines.push(await forRequest(), await reactCached("a"), await reactCached("b"));
  lines.push(`draft ${(await draftMode()).isEnabled}`);
  // Where the metadata goes depends on whether they are there before the page, so they always are.
  await passed(`${(await headers()).get("x-request-id") ?? "no-id"} metadata`);
  return (
    <main>
      <Lines lines={lines} />
      <Nested />
      <Navigation id={(await headers()).get("x-request-id") ?? "no-id"} />
    </main>
  );
}
