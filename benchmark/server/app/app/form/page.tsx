import { cookies } from "next/headers";
import { save } from "./actions";

export default async function Form() {
  const saved = (await cookies()).get("saved")?.value ?? "nothing";
  return (
    <main>
      <p>{`saved ${saved}`}</p>
      <form action={save as unknown as (form: FormData) => void}>
        <input name="name" />
        <button type="submit">Save</button>
      </form>
    </main>
  );
}
