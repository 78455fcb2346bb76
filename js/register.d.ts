/**
 * Loaded with `node --import onescope/register app.js`: every `AsyncLocalStorage` that the process makes from there on is
 * a slot of one real storage. It exports nothing.
 *
 * @packageDocumentation
 */
export {};
