import { notFound } from "next/navigation";
import { look } from "../../../lib/look";

export default async function Missing() {
  await look(1);
  notFound();
}
