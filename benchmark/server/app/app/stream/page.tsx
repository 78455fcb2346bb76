import { headers } from "next/headers";
import { Suspense } from "react";
import { Rows } from "../rows";

// Ready when the shell has been rendered, without a timer: the time of one would be in every figure.
async function Late() {
  await new Promise((resolve) => setImmediate(resolve));
  return <Rows count={5} />;
}

export default async function Stream() {
  const agent = (await headers()).get("x-agent");
  return (
    <main>
      <p>{`shell ${agent}`}</p>
      <Suspense fallback={<p>waiting</p>}>
        <Late />
      </Suspense>
    </main>
  );
}
