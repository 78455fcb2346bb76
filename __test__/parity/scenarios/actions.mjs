// Server actions, by form (without JavaScript in the browser) and by fetch.

/** @typedef {import("../client.mjs").Client} Client */

const BOUNDARY = "parity-boundary";
const CONTENT = { "content-type": `multipart/form-data; boundary=${BOUNDARY}` };

/** @param {Array<[string, string]>} fields */
function multipart(fields) {
  const parts = fields.map(
    ([name, value]) => `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  return `${parts.join("")}--${BOUNDARY}--\r\n`;
}

/**
 * @param {Client} client
 * @param {"form" | "fetch"} method
 * @param {string} task one of those in the app's form/actions.ts
 */
async function act(client, method, task) {
  const { body: html } = await client.request("form", "/form", {});
  const [, action] = /name="\$ACTION_ID_([^"]+)"/.exec(html) ?? [];
  const fields = [
    ["rid", client.id],
    ["task", task],
  ];
  client.cookies.set("doomed", "1");
  if (method === "form") {
    const body = multipart([[`$ACTION_ID_${action}`, ""], ...fields]);
    return client.send(`${task} by form`, "/form", { method: "POST", headers: CONTENT, body });
  }
  // How React encodes one argument that is a FormData; the order matters.
  const body = multipart([...fields.map(([name, value]) => [`_1_${name}`, value]), ["0", '["$K1"]']]);
  const headers = { ...CONTENT, accept: "text/x-component", "next-action": action };
  return client.send(`${task} by fetch`, "/form", { method: "POST", headers, body });
}

/** @param {"form" | "fetch"} method */
const plain = (method) => async (/** @type {Client} */ client) => {
  await act(client, method, "save");
  await client.send("what it left", "/form");
  const complete = ({ body }) => body.includes("after action");
  await client.until("log", `/api/log?of=${client.id}`, complete, { bare: true });
};

/** @param {"form" | "fetch"} method */
const ending = (method) => async (/** @type {Client} */ client) => {
  await act(client, method, "redirect");
  await act(client, method, "missing");
};

/** @param {"form" | "fetch"} method */
const revalidating = (method) => async (/** @type {Client} */ client) => {
  const page = `/isr/${client.id}`;
  await client.send("page", page, { bare: true });
  await client.send("data", "/cached/unstable");
  await act(client, method, "path");
  await client.send("page is new", page, { bare: true });
  await act(client, method, "tag");
  await client.send("data are new", "/cached/unstable");
  await act(client, method, "update");
  await client.send("data are new again", "/cached/unstable");
};

export const actions = {
  "action by form": plain("form"),
  "action by fetch": plain("fetch"),
  "action that redirects or finds nothing, by form": ending("form"),
  "action that redirects or finds nothing, by fetch": ending("fetch"),
  "action that revalidates, by form": revalidating("form"),
  "action that revalidates, by fetch": revalidating("fetch"),

  "action that turns draft mode on": async (/** @type {Client} */ client) => {
    await act(client, "fetch", "draft");
    await client.send("page", "/page-state");
  },
};
