/**
 * @param {string} target of a request; of the absolute form, as proxies get it, host and credentials are left out
 * @returns {string} its path
 */
export function pathname(target) {
  const path = target.startsWith("/") ? target : target.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i, "");
  return path.replace(/[?#].*/s, "") || "/";
}
