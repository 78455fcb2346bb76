import { cookies } from "next/headers";
import { Ids } from "../../lib/ids";
import { headerId } from "../../lib/request-ids";
import { saveId } from "./actions";

export default async function Form() {
  const header = await headerId();
  const saved = (await cookies()).get("saved")?.value ?? "nothing";
  return (
    <main>
      <Ids values={{ header, saved }} />
      <form action={saveId as unknown as (data: FormData) => void}>
        <input name="rid" defaultValue={header} />
        <button type="submit">Save</button>
      </form>
    </main>
  );
}
