// What `npm publish` runs first in this repository: it holds no addon, so nothing is published from here.

console.error(`onescope: nothing is published from the repository, only what npm run pack makes of it:
see docs/how-to/release.md. npm run pack fails unless the addon of every platform is there.`);
process.exitCode = 1;
