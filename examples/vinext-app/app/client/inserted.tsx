"use client";

import { useServerInsertedHTML } from "next/navigation";

export function Inserted({ id }: { id: string }) {
  useServerInsertedHTML(() => <meta name="inserted" content={id} />);
  return null;
}
