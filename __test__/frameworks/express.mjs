import { act, label, listening } from "./act.mjs";

/** @param {any} express of one version */
export function serve(express) {
  const app = express();
  const shared = express.Router();
  shared.get("/", (_request, response) => response.send(label()));
  shared.get("/users/:id", async (request, response) => response.send(await act(request.params.id)));
  shared.get("/thrown/:id", () => {
    throw new Error("thrown on purpose");
  });
  shared.get(["/one", "/two"], (_request, response) => response.send(label()));
  shared.get(/^\/expression(\d+)$/, (_request, response) => response.send(label()));
  const nested = express.Router();
  nested.get("/posts/:post", (_request, response) => response.send(label()));
  shared.use("/teams/:team", nested);
  app.use("/api", shared);
  // Its routes have a second place, whose path clients choose.
  app.use("/tenants/:tenant", shared);
  app.all(
    typeof express.application.del === "function" ? "/guarded/*" : "/guarded/{*rest}",
    (_request, _response, next) => next(),
  );
  app.get("/guarded/:id", (_request, response) => response.send(label()));
  app.use("/static", express.static(import.meta.dirname));
  const inner = express();
  inner.get("/thrown/:id", () => {
    throw new Error("thrown on purpose");
  });
  inner.get("/pages/:page", (_request, response) => response.send(label()));
  app.use("/admin", inner);
  const hidden = express();
  hidden.get("/pages/:page", (_request, response) => response.send(label()));
  app.use("/routed", express.Router().use("/:where", hidden));
  app.use("/denied/:who", (_request, response) => response.status(401).send(label()));
  app.use((_error, _request, response, _next) => response.status(500).send(label()));
  return listening(app.listen(0, "127.0.0.1"));
}
