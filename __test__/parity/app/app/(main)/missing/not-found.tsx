import { Lines } from "../../../lib/lines";
import { observe } from "../../../lib/observe";

export default async function NotFound() {
  return <Lines lines={["nothing here", ...(await observe(1))]} />;
}
