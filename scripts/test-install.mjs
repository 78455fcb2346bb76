// `npm run test:install`: installs onescope from a registry on this machine into fresh apps, and serves them.

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { node24, ROOT, setup } from "./setup.mjs";

await setup([join(ROOT, "__test__/install")]);
const args = ["--test", "--test-reporter=spec", "--test-timeout=900000", "__test__/install/*.spec.mjs"];
process.exitCode = spawnSync(node24(), args, { cwd: ROOT, stdio: "inherit" }).status ?? 1;
