// A server of Fastify that knows nothing of onescope. Its hook never lets a request pass.

import fastify from "fastify";

const app = fastify();
app.addHook("onRequest", () => {});
app.get("/users/:id", async () => "");
const url = await app.listen({ port: 0, host: "127.0.0.1" });
console.log(JSON.stringify({ url }));
