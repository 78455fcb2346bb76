"use client";

import { usePathname, useSearchParams } from "next/navigation";

export function Url() {
  const query = useSearchParams().get("rid");
  return <p>{`client: ${usePathname()} ${query}`}</p>;
}
