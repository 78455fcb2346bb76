import { headers } from "next/headers";
import { Suspense } from "react";
import { step } from "../../../step.mjs";

export default function Page() {
  return (
    <main>
      <h1>Streamed</h1>
      <Suspense fallback={<p>loading</p>}>
        <Late turns={4} />
      </Suspense>
    </main>
  );
}

async function Late({ turns }) {
  for (let turn = 0; turn < turns; turn++) await step(3, null);
  return <p>for {(await headers()).get("x-user")}</p>;
}
