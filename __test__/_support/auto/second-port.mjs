// A server on any port, and then one on all addresses of a given port. usage: node second-port.mjs PORT

import { createServer } from "node:http";

const port = process.argv[2];
createServer().listen(0, () => {
  const second = createServer((_, response) => response.end("of the program"));
  second.listen(port, () => console.log(JSON.stringify({ url: `http://127.0.0.1:${port}/` })));
});
