/**
 * Programs that are started and listened to. This room knows what one of them
 * may do wrong (ignore signals, print without an end, leave its outputs to
 * another), and not what any of them is for.
 *
 * @module
 */

export { lastLine, readTail } from "./lines.ts";
export { killGroup, OWN_FLAGS } from "./own_program.ts";
export { Program } from "./program.ts";
