export type PageProps = {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

export async function queryId({ searchParams }: PageProps): Promise<string> {
  const { rid } = await searchParams;
  return typeof rid === "string" ? rid : "no-id";
}
