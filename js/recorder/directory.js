/** Where `record()` makes its files, and `onescope last-flight` looks for them, by default. */
export const DIRECTORY = ".onescope/flights";
