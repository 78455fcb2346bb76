import { fetched, unstable, useCache, usePrivateCache } from "../../../../lib/cached";
import { Lines } from "../../../../lib/lines";
import { observe } from "../../../../lib/observe";
import { type PageProps, queryOf } from "../../../../lib/search-params";

const KINDS: Record<string, (key: string) => Promise<string>> = {
  "use-cache": useCache,
  private: usePrivateCache,
  unstable,
  fetch: fetched,
};

type Props = PageProps & { params: Promise<{ kind: string }> };

export default async function Cached(props: Props) {
  const { kind } = await props.params;
  const key = await queryOf(props, "rid");
  const lines = await observe(1);
  // The second key is the request's too, under a tag of its own.
  for (const each of [key, `${key}-other`, key]) lines.push(await KINDS[kind](each));
  lines.push(...(await observe(1, 4)));
  return <Lines lines={lines} />;
}
