// Polls the server, except while the page is paused or hidden.

/** Between two polls. */
const EVERY_MS = 1000;

/** When a request times out. */
const TIMEOUT_MS = 5000;

/**
 * @param {string[]} paths
 * @returns {Promise<any[]>} their data
 */
function fetchAll(paths) {
  return Promise.all(
    paths.map(async (path) => {
      // The page's own address may have the token in it, which fetch() refuses.
      const response = await fetch(new URL(path, location.origin), {
        headers: { "X-Requested-With": "fetch" },
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      // Another server runs there now, with another token: the browser prompts for it once the page loads again.
      if (response.status === 401) location.reload();
      if (!response.ok) throw new Error(`${path} responded with ${response.status}`);
      return response.json();
    }),
  );
}

/**
 * Polls once a second, but not while the page is hidden or paused.
 *
 * @param {string[]} paths
 * @param {{ onData: (data: any[]) => void, onLost: () => void }} listeners
 * @returns {(paused: boolean) => void} pauses or resumes
 */
export function poll(paths, { onData, onLost }) {
  let paused = false;
  const once = async () => {
    if (!paused && !document.hidden) {
      try {
        const data = await fetchAll(paths);
        if (!paused) onData(data);
      } catch {
        if (!paused) onLost();
      }
    }
    setTimeout(once, EVERY_MS);
  };
  void once();
  return (now) => {
    paused = now;
  };
}
