// What `npm publish` runs first in this repository: it holds no addon, so nothing is published from here.

console.error(`onescope: nothing is published from the repository, only what npm run pack makes of it:
  npm run build:platforms && npm run pack
  npm publish packed/onescope-*-*.tgz, each of them, and then packed/onescope-VERSION.tgz
npm run pack fails unless the addon of every platform is there.`);
process.exitCode = 1;
