import { notFound } from "next/navigation";
import { observe } from "../../../lib/observe";

export default async function Missing() {
  await observe(1);
  notFound();
}
