/**
 * What this folder takes from the runtime's Node.js side.
 *
 * @module
 */

// A script can be ended from outside while it runs; nothing else can.
export { Script } from "node:vm";
