/** Where `record()` makes its files, and `onescope last-flight` looks for them, unless told otherwise. */
export const DIRECTORY = ".onescope/flights";
