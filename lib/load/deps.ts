/**
 * What `lib/load` takes from outside: the CPU time of the process.
 *
 * @module
 */

export { default as process } from "node:process";
