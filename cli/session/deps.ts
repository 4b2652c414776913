/**
 * What this folder takes from the runtime's Node.js side.
 *
 * @module
 */

// A script can be ended from outside while it runs; nothing else can.
export { type Context, createContext, Script } from "node:vm";
