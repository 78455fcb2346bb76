import fastify from "fastify";
import { act, label, listening } from "./act.mjs";

export async function serve() {
  const app = fastify();
  app.addHook("preHandler", async (request, reply) => {
    if (request.headers.authorization === "none") await reply.code(401).send(label());
  });
  app.register(
    async (api) => {
      api.get("/users/:id", async (request) => act(request.params.id));
      api.get("/thrown/:id", async () => {
        throw new Error("thrown on purpose");
      });
      const schema = { querystring: { type: "object", required: ["size"] } };
      api.get("/valid", { schema }, async () => label());
    },
    { prefix: "/api" },
  );
  app.get("/static/*", async () => label());
  app.setErrorHandler((error, _request, reply) => reply.code(error.statusCode ?? 500).send(label()));
  await app.listen({ port: 0, host: "127.0.0.1" });
  return listening(app.server);
}
