import { cookies, headers } from "next/headers";
import { step } from "../../../step.mjs";

const ORDERS = Array.from({ length: 20 }, (_, index) => index);

export default async function Page() {
  const user = (await headers()).get("x-user");
  await step(3, null);
  return (
    <main>
      <h1>Orders of {user}</h1>
      <ul>
        {ORDERS.map((id) => (
          <Order key={id} id={id} />
        ))}
      </ul>
    </main>
  );
}

async function Order({ id }) {
  const theme = (await cookies()).get("theme")?.value;
  const rows = await step(id, id + 1);
  return (
    <li className={theme}>
      order {id}: {rows} rows
    </li>
  );
}
