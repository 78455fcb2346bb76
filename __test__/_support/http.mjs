import { request as httpRequest } from "node:http";

/**
 * Sends one request on its own connection.
 *
 * @param {string} url
 * @param {{ method?: string, headers?: import("node:http").OutgoingHttpHeaders, body?: string }} [options]
 * @returns {Promise<{ status: number, headers: import("node:http").IncomingHttpHeaders, text: string }>}
 */
export function request(url, { method = "GET", headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(url, { method, headers, agent: false }, async (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (piece) => (text += piece));
      response.once("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
      response.once("error", reject);
    });
    sent.once("error", reject);
    sent.end(body);
  });
}

/** @param {string} url */
export const requestJson = async (url) => JSON.parse((await request(url)).text);
