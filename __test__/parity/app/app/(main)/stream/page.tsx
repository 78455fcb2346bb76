import { headers } from "next/headers";
import { Suspense } from "react";
import { Lines } from "../../../lib/lines";
import { passed } from "../../../lib/memory";
import { observe } from "../../../lib/observe";

// Each part waits until the client has seen what came before it, so the parts come one by one however slow the machine.
async function Part({ n }: { n: number }) {
  const id = (await headers()).get("x-request-id") ?? "no-id";
  await passed(`${id} ${n}`);
  return <Lines lines={[`part ${n} of ${id}`, ...(await observe(1, n))]} />;
}

export default async function Stream() {
  return (
    <main>
      <Lines lines={["shell", ...(await observe(1))]} />
      {[1, 2, 3].map((n) => (
        <Suspense key={n} fallback={<p>{`waiting for ${n}`}</p>}>
          <Part n={n} />
        </Suspense>
      ))}
    </main>
  );
}
