export const dynamic = "force-dynamic";
export default function Page() {
  return <p>served by {process.pid}</p>;
}
