import { parentPort, workerData } from "node:worker_threads";
import { store } from "../../js/index.js";

// Reads and changes a context of another thread, by its handle.

const { handle } = workerData;
const { id } = store.slots().find(({ key }) => key === "phase");
const seen = {
  label: store.label(handle),
  phase: store.read(handle, id),
  state: store.state(handle).state,
  listed: store.contexts().find(({ id }) => id === handle)?.thread,
};
store.write(handle, id, "route-handler");
store.setLabel(handle, "written by a worker");
parentPort.postMessage(seen);
