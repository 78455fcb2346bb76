/** The token of the servers under attack. Hostile clients have it, to reach the most expensive paths. */
export const TOKEN = "known-to-hostile-clients";
