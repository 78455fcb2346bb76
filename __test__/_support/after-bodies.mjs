import { drain, fail, source, state, tracked } from "./after-tools.mjs";

// Responses with every sort of body. They are made inside the request, as vinext makes them, and read outside of it, as
// the host reads them.

/** A request with one callback queued, and its response around `body`, closed with it. */
function respond(tools, makeBody, callback = () => tools.log("after", tools.isInsideUnifiedScope())) {
  const { context } = tracked(tools);
  tools.queueAfterCallback(context, callback);
  const response = tools.runWithRequestContext(context, () =>
    tools.closeAfterResponseWithBody(new Response(makeBody(context)), context),
  );
  return { context, response };
}

/**
 * Several layers on one stream, read by `consume`. The layers' own order is compared, and that the callbacks ran. When
 * exactly they start depends on how many streams the layers are, which nothing guarantees.
 */
function layered(name, consume) {
  const wrapping = (tools, makeBody) => {
    let ran = 0;
    const { context, response } = respond(tools, makeBody, () => ran++);
    const flush = (text) => () => tools.log("flush of", text, "closed:", context.afterContext.responseClosed);
    const finish = async (last) => {
      await consume(tools, last);
      tools.log("ran", ran, state(tools, context));
    };
    return { context, response, flush, finish };
  };

  return {
    async [`ours around vinext's unread wrapper, ${name}`](tools) {
      let wrapper;
      const { response, finish } = wrapping(tools, (context) => {
        const flush = () => tools.log("flush of vinext's, closed:", context.afterContext.responseClosed);
        wrapper = tools.deferUntilStreamConsumed(source(tools, ["a"]), flush);
        return wrapper;
      });
      tools.log("merged", response.body === wrapper);
      await finish(response);
    },

    async [`vinext's wrapper around ours, ${name}`](tools) {
      const { response, flush, finish } = wrapping(tools, () => source(tools, ["a"]));
      await finish(new Response(tools.deferUntilStreamConsumed(response.body, flush("vinext's"))));
    },

    async [`layers around layers, ${name}`](tools) {
      const { context, response, flush, finish } = wrapping(tools, () =>
        tools.deferUntilStreamConsumed(source(tools, ["a", "b"]), () => tools.log("flush of the first")),
      );
      const third = tools.closeAfterResponseWithBody(response, context);
      await finish(new Response(tools.deferUntilStreamConsumed(third.body, flush("the last"))));
    },
  };
}

export const BODIES = {
  async "no body"(tools) {
    const { context } = tracked(tools);
    const response = new Response(null, { status: 204 });
    tools.log(tools.closeAfterResponseWithBody(response, context) === response, state(tools, context));
    await null;
    await null;
    tools.log(state(tools, context));
  },

  async "a buffered body that nothing waits for"(tools) {
    const { context } = tracked(tools);
    const response = tools.markFullyBufferedBody(new Response("text"));
    tools.log(tools.closeAfterResponseWithBody(response, context) === response, state(tools, context));
    tools.log(await response.text(), state(tools, context));
  },

  async "a buffered body with work pending"(tools) {
    const { log, settle } = tools;
    for (const prepare of [
      (context) => tools.queueAfterCallback(context, () => log("after")),
      (context) => void tools.trackAfterPromise(context, Promise.resolve("soon")),
    ]) {
      const { context } = tracked(tools);
      prepare(context);
      const response = tools.markFullyBufferedBody(new Response("text"));
      const wrapped = tools.closeAfterResponseWithBody(response, context);
      log(wrapped === response, state(tools, context), tools.preserveFullyBufferedBodyMetadata(wrapped, {}));
      log(await wrapped.text());
      await settle();
      log(state(tools, context));
    }
  },

  async "the mark of a buffered body"(tools) {
    const [marked, unmarked] = [new Response("a"), new Response("b")];
    tools.log(tools.markFullyBufferedBody(marked) === marked, Object.keys(marked));
    const [first, second] = [new Response("c"), new Response("d")];
    tools.log(tools.preserveFullyBufferedBodyMetadata(marked, first) === first, first.__vinextFullyBufferedBody);
    tools.log(tools.preserveFullyBufferedBodyMetadata(unmarked, second) === second, second.__vinextFullyBufferedBody);
  },

  async "status, headers and marks stay"(tools) {
    const headers = new Headers([
      ["x-one", "1"],
      ["set-cookie", "a=1"],
      ["set-cookie", "b=2"],
      ["content-type", "text/plain"],
    ]);
    const inner = new Response("text", { status: 418, statusText: "teapot", headers });
    inner.__vinextStreamedHtmlResponse = true;
    inner.unknown = true;
    const { context } = tracked(tools);
    const wrapped = tools.closeAfterResponseWithBody(inner, context);
    const { status, statusText, __vinextStreamedHtmlResponse, __vinextStreamedApiResponse, unknown } = wrapped;
    tools.log(wrapped === inner, status, statusText, [...wrapped.headers], unknown);
    tools.log(__vinextStreamedHtmlResponse, __vinextStreamedApiResponse, Object.keys(wrapped).sort());
  },

  async drained(tools) {
    const { context, response } = respond(tools, () => source(tools, ["a", "b", "c"]));
    await tools.settle();
    tools.log("unread", state(tools, context));
    await drain(tools, response);
    tools.log(state(tools, context));
  },

  async "cancelled before it is read"(tools) {
    const { context, response } = respond(tools, () => source(tools, ["a"]));
    await response.body.cancel("no interest");
    tools.log("cancelled");
    await tools.settle();
    tools.log(state(tools, context));
  },

  async "cancelled between two chunks"(tools) {
    const { context, response } = respond(tools, () => source(tools, ["a", "b"]));
    const reader = response.body.getReader();
    tools.log((await reader.read()).done);
    await reader.cancel("enough");
    tools.log("cancelled", (await reader.read()).done);
    await tools.settle();
    tools.log(state(tools, context));
  },

  async "cancelled in the middle of a read"(tools) {
    const { context, response } = respond(tools, () => source(tools, ["a", "hang"]));
    const reader = response.body.getReader();
    await reader.read();
    const pending = reader.read();
    await tools.settle();
    await reader.cancel("gone");
    tools.log("cancelled", (await pending).done);
    await tools.settle();
    tools.log(state(tools, context));
  },

  async "the source cannot be cancelled"(tools) {
    const { context, response } = respond(tools, () => source(tools, ["a"], () => fail("from cancel")));
    await response.body.cancel("reason").catch((error) => tools.log("rejected", error.message));
    await tools.settle();
    tools.log(state(tools, context));
  },

  async "the source fails"(tools) {
    for (const chunks of [[new Error("at once")], ["a", new Error("later")]]) {
      const { context, response } = respond(tools, () => source(tools, chunks));
      await drain(tools, response);
      tools.log(state(tools, context));
    }
  },

  async "cancelled after the source failed"(tools) {
    const { context, response } = respond(tools, () => source(tools, [new Error("at once")]));
    const reader = response.body.getReader();
    await reader.read().catch((error) => tools.log(error.message));
    await reader.cancel("late").catch((error) => tools.log(error.message));
    await tools.settle();
    tools.log(state(tools, context));
  },

  async "never read"(tools) {
    let inner;
    const { context, response } = respond(tools, () => (inner = source(tools, ["a"])));
    await tools.settle();
    tools.log(inner.locked, response.body.locked, state(tools, context));
  },

  async "a body that is being read already"(tools) {
    const { context } = tracked(tools);
    for (const body of [source(tools, ["a"]), tools.deferUntilStreamConsumed(source(tools, ["b"]), () => {})]) {
      const response = new Response(body);
      const reader = body.getReader();
      try {
        tools.closeAfterResponseWithBody(response, context);
        tools.log("no error");
      } catch (error) {
        tools.log(error.name);
      }
      while (!(await reader.read()).done);
      await tools.settle();
      tools.log(state(tools, context));
    }
  },

  async "a callback queued by the body's last chunk"(tools) {
    const { response } = respond(tools, (context) => {
      const late = new TransformStream({
        flush: () => tools.queueAfterCallback(context, () => tools.log("late after")),
      });
      return source(tools, ["a"]).pipeThrough(late);
    });
    await drain(tools, response);
  },

  ...layered("drained", drain),
  ...layered("cancelled", async (tools, response) => {
    await response.body.cancel("no interest");
    await tools.settle();
  }),
};
