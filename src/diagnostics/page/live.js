// Asks the server again and again, until somebody pauses it.

/** Between two rounds. */
const EVERY_MS = 1000;

/** A server that has not answered by then is away. */
const PATIENCE_MS = 5000;

/**
 * @param {string[]} paths
 * @returns {Promise<any[]>} what each answers
 */
function ask(paths) {
  return Promise.all(
    paths.map(async (path) => {
      // The page's own address may have the token in it, which fetch() refuses.
      const response = await fetch(new URL(path, location.origin), {
        headers: { "X-Requested-With": "fetch" },
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      // Another server runs there now, with another token: the browser asks for it once the page loads again.
      if (response.status === 401) location.reload();
      if (!response.ok) throw new Error(`${path} answered ${response.status}`);
      return response.json();
    }),
  );
}

/**
 * Asks once a second, but not while the page is hidden or paused.
 *
 * @param {string[]} paths
 * @param {{ onAnswers: (answers: any[]) => void, onLost: () => void }} listeners
 * @returns {(paused: boolean) => void} pauses, or goes on
 */
export function poll(paths, { onAnswers, onLost }) {
  let paused = false;
  const round = async () => {
    if (!paused && !document.hidden) {
      try {
        const answers = await ask(paths);
        if (!paused) onAnswers(answers);
      } catch {
        if (!paused) onLost();
      }
    }
    setTimeout(round, EVERY_MS);
  };
  void round();
  return (now) => {
    paused = now;
  };
}
