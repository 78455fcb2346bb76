import { cookies } from "next/headers";
import { Lines } from "../../../lib/lines";
import { observe } from "../../../lib/observe";
import { act } from "./actions";

export default async function Form() {
  const lines = await observe(1, 6);
  const jar = await cookies();
  for (const name of ["action", "doomed"]) lines.push(`${name} ${jar.get(name)?.value ?? "nothing"}`);
  return (
    <main>
      <Lines lines={lines} />
      <form action={act as unknown as (form: FormData) => void}>
        <input name="rid" />
        <input name="task" />
        <button type="submit">Go</button>
      </form>
    </main>
  );
}
