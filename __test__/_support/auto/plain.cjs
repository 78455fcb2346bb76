// A CommonJS server that loads nothing besides, gets one request, and prints the modules of Node's that are loaded then.

const http = require("node:http");
const server = http.createServer((_, response) => response.end("ok"));
server.listen(0, "127.0.0.1", () => {
  http.get({ host: "127.0.0.1", port: server.address().port }, (response) => {
    response.resume().on("end", () =>
      // What is started by the request has its time.
      setTimeout(() => {
        console.log(JSON.stringify(process.moduleLoadList));
        process.exit();
      }, 500),
    );
  });
});
