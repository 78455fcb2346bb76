// Replaces vinext's shims/internal/als-registry: every storage that vinext gets by key becomes a slot.

export {
  getOrCreateAls,
  registerAlsForScopeExit,
  runOutsideRequestScopes,
} from "../../js/async-context/keyed-storages.js";
