/**
 * Says where a server listens, for who started it.
 *
 * @param {import("node:http").Server} server that listens already, or will
 */
export function announce(server) {
  const say = () => {
    const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
    console.log(`listening on http://127.0.0.1:${port}`);
  };
  if (server.listening) say();
  else server.once("listening", say);
}
