import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { shared } from "../../util/shared.js";
import { guarded } from "../guarded.js";
import * as processes from "./child-process.js";
import * as http from "./http.js";
import * as libraries from "./libraries.js";
import * as sockets from "./sockets.js";
import * as undici from "./undici.js";

// What requests wait for outside their thread, from what Node and libraries publish. A source has channels where work begins, by
// their names, and those where it ends, unless it has another way to see that.

const begins = Object.entries({
  ...http.begins,
  ...undici.begins,
  ...sockets.begins,
  ...processes.begins,
  ...libraries.begins,
}).map(toGuarded);
const ends = Object.entries({ ...undici.ends, ...libraries.ends }).map(toGuarded);

const state = shared("outgoing", () => ({ endsFollowed: false }));

/**
 * @param {[name: string, listener: (message: any) => void]} channel
 * @returns {[name: string, listener: (message: any) => void]}
 */
function toGuarded([name, listener]) {
  return [name, guarded(listener)];
}

/** @returns {() => void} stops it: work that has begun still ends */
export function followOutgoing() {
  for (const [name, listener] of begins) subscribe(name, listener);
  if (!state.endsFollowed) for (const [name, listener] of ends) subscribe(name, listener);
  state.endsFollowed = true;
  return () => {
    for (const [name, listener] of begins) unsubscribe(name, listener);
  };
}
