// `node --import onescope/register app.js`: every AsyncLocalStorage that the process makes from here on is a slot.

import { replaceStorages } from "./process/replace-storages.js";

replaceStorages();
