"use client";

import { useParams, usePathname, useSearchParams, useServerInsertedHTML } from "next/navigation";

export function Navigation({ id }: { id: string }) {
  useServerInsertedHTML(() => <meta name="inserted" content={id} />);
  return <p>{`navigation: ${usePathname()} ${useSearchParams().get("rid")} ${JSON.stringify(useParams())}`}</p>;
}

/** For pages that are made once for many requests: those may not read the search parameters. */
export function Place({ id }: { id: string }) {
  useServerInsertedHTML(() => <meta name="inserted" content={id} />);
  return <p>{`place: ${usePathname()} ${JSON.stringify(useParams())}`}</p>;
}
