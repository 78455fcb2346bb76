// Follows a release of vinext that is in a cache, with some of the specs.
// usage: node follow-release.mjs VERSION OPTIONS   options as JSON, see scripts/vinext/follow.mjs

import { follow } from "../../scripts/vinext/follow.mjs";

const [version, options] = process.argv.slice(2);
process.exitCode = await follow(version, JSON.parse(options));
