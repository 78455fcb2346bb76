import { Lines } from "../../../lib/lines";
import { look } from "../../../lib/look";

export default async function NotFound() {
  return <Lines lines={["nothing here", ...(await look(1))]} />;
}
