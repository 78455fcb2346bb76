import { cookieId } from "../../lib/request-ids";
import { Inserted } from "./inserted";
import { Url } from "./url";

export default async function Client() {
  const cookie = await cookieId();
  return (
    <main>
      <p>{`server: ${cookie}`}</p>
      <Inserted id={cookie} />
      <Url />
    </main>
  );
}
