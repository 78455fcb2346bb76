import { cookies, headers } from "next/headers";
import { Rows } from "../rows";

export default async function Dynamic() {
  const agent = (await headers()).get("x-agent");
  const session = (await cookies()).get("session")?.value;
  return (
    <main>
      <p>{`hello ${agent}, session ${session}`}</p>
      <Rows count={10} />
    </main>
  );
}
