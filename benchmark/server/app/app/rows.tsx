import { cookies, headers } from "next/headers";

// As an app reads the user and the locale in many of its components.
async function Row({ index }: { index: number }) {
  const agent = (await headers()).get("x-agent");
  const session = (await cookies()).get("session")?.value;
  return <li>{`${index}: ${agent} ${session}`}</li>;
}

export function Rows({ count }: { count: number }) {
  return (
    <ul>
      {Array.from({ length: count }, (_, index) => (
        <Row key={String(index)} index={index} />
      ))}
    </ul>
  );
}
