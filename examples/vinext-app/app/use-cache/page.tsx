import { cachedGreeting } from "../../lib/cached-greeting";
import { headerId } from "../../lib/request-ids";
import { type PageProps, queryId } from "../../lib/search-params";
import { Volatile } from "../../lib/volatile";

export default async function UseCache(props: PageProps) {
  const header = await headerId();
  const own = await cachedGreeting(await queryId(props));
  const shared = await cachedGreeting("everyone");
  return (
    <main>
      <p>{`header: ${header}`}</p>
      <p>{own.text}</p>
      <p>
        {shared.text} <Volatile timestamp={own.madeAt} /> <Volatile timestamp={shared.madeAt} />
      </p>
    </main>
  );
}
