/** The token of the servers under attack. Hostile clients know it, to reach what costs most; and so there is a login to attack. */
export const TOKEN = "hostile-clients-know-it";
