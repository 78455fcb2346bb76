import { headers } from "next/headers";
import { headerId } from "../../lib/request-ids";
import { Volatile } from "../../lib/volatile";

async function ownOrigin(): Promise<string> {
  const host = (await headers()).get("host") ?? "localhost:3000";
  // Only the port is taken: the Host header is the client's to choose.
  return `http://localhost:${new URL(`http://${host}`).port || "80"}`;
}

export default async function FetchCache() {
  const header = await headerId();
  const response = await fetch(`${await ownOrigin()}/api/timestamp`, {
    next: { tags: ["timestamp"], revalidate: 2 },
  });
  const { timestamp } = await response.json();
  return (
    <p>
      {`header: ${header}, timestamp `}
      <Volatile timestamp={timestamp} /> {await headerId()}
    </p>
  );
}
