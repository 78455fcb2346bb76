// Serves a production build on a free port: node serve.mjs FOLDER

import { startProdServer } from "vinext/server/prod-server";

const { port } = await startProdServer({ port: 0, host: "127.0.0.1", outDir: process.argv[2], silent: true });
console.log(`listening on http://127.0.0.1:${port}`);
