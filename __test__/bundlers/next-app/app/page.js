import { backend } from "onescope";

export const dynamic = "force-dynamic";

export default function Page() {
  return <p>backend: {backend}</p>;
}
