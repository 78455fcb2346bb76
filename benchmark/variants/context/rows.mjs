/** Names of the rows that more than one kind of variant has. */
export const CREATE_AND_RUN = "create with an App request's options, and run";

/** The same, timed together with the turns of the event loop on which memory outside V8's heap is freed. */
export const WITH_TURNS = `${CREATE_AND_RUN}, turns included`;

/** Operations in a batch, between two turns of the event loop. */
export const TIMES = 4096;
