/** How long a notice stays that offers something to press: long enough to read it and get there. */
export const offeredMs = 12_000;
