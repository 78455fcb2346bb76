export default async function Page({ params }) {
  const { slug } = await params;
  if (slug === "thrown") throw new Error("thrown on purpose");
  return <p>{`${slug} as ${globalThis.onescopeTest.label()}`}</p>;
}
