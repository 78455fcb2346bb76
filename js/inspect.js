export { watch } from "./inspect/watch.js";
