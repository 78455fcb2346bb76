import { cachedNumber } from "../../lib/cached-number";
import { headerId } from "../../lib/request-ids";
import { type PageProps, queryId } from "../../lib/search-params";
import { Volatile } from "../../lib/volatile";

export default async function UnstableCache(props: PageProps) {
  const header = await headerId();
  const own = await cachedNumber(await queryId(props));
  const shared = await cachedNumber("everyone");
  return (
    <p>
      {`header: ${header}, own: ${own.key}, shared: ${shared.key} `}
      <Volatile timestamp={own.madeAt} /> <Volatile timestamp={shared.madeAt} />
    </p>
  );
}
