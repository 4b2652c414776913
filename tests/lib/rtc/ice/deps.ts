/** werift's STUN messages, to hold ours against. */

export { Message, parseMessage } from "npm:werift@0.25.2";
