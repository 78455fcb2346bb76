"use client";

import { backend } from "onescope";
import { inFlight } from "onescope/inspect";

export default function Client() {
  return <p>{`${backend} ${inFlight().length}`}</p>;
}
