/** The token of the servers under attack. Hostile clients know it, to reach what costs most. */
export const TOKEN = "hostile-clients-know-it";
