// `npm run vinext`: see USAGE.

import { relative } from "node:path";
import { parseArgs } from "node:util";
import { ROOT } from "./setup.mjs";
import { follow, HOW_TO } from "./vinext/follow.mjs";
import { isVersion, knownVersions } from "./vinext/known.mjs";
import { CACHE, FetchError, publishedVersions } from "./vinext/release.mjs";

const USAGE = `usage: npm run vinext -- [VERSION] [options]

Follows a release of vinext. Fetches it from npm, compares the modules that onescope replaces with those of the known
version before it (comments, white space and names of locals make no difference), and runs the programs that compare
onescope's modules with vinext's. If all is equal the version becomes known: the plugin then replaces the modules of an
app that has it. If not, prints what differs and changes nothing. Without VERSION, lists the known versions and the newest
on npm.

  --accept  adds a version whose texts differ, after you have read how; its programs must be equal
  --again   compares a known version again, for a change of onescope's own modules
  --help

Fetched releases stay in ${relative(ROOT, CACHE)}: a second run needs no network.
What to do when a release differs: ${HOW_TO}

exit code: 0 known or added, 1 differs, 2 wrong usage, 3 not fetched`;

process.exitCode = await main().catch((error) => {
  if (!(error instanceof FetchError)) throw error;
  console.error(`vinext: ${error.message}`);
  return 3;
});

/** @returns {Promise<number>} exit code */
async function main() {
  /** @type {ReturnType<typeof parse>} */
  let given;
  try {
    given = parse();
  } catch (error) {
    return misused(/** @type {Error} */ (error).message);
  }
  const { values, positionals } = given;
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  if (positionals.length > 1) return misused(`one version at a time, not ${positionals.length}`);
  const [version] = positionals;
  if (version === undefined) return list();
  if (!isVersion(version)) return misused(`"${version}" is no exact version, such as ${knownVersions().at(-1)}`);
  const known = knownVersions().includes(version);
  if (known && !values.again) {
    console.log(`vinext ${version} is known: nothing to do (--again compares it once more)`);
    return 0;
  }
  return follow(version, { accept: values.accept });
}

function parse() {
  return parseArgs({
    options: {
      accept: { type: "boolean", default: false },
      again: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
    allowPositionals: true,
  });
}

/** @param {string} why */
function misused(why) {
  console.error(`vinext: ${why}\n\n${USAGE}`);
  return 2;
}

async function list() {
  const known = knownVersions();
  console.log(`known: ${known.join(", ")}`);
  const newest = (await publishedVersions()).at(-1);
  const hint = known.includes(newest) ? "known" : `not known: npm run vinext -- ${newest}`;
  console.log(`newest on npm: ${newest} (${hint})`);
  return 0;
}
