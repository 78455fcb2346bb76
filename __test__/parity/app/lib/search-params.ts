export type PageProps = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export async function queryOf({ searchParams }: PageProps, name: string): Promise<string> {
  const value = (await searchParams)[name];
  return typeof value === "string" ? value : `no ${name}`;
}
