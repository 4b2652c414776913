/**
 * What the command line takes from npm and the runtime.
 *
 * @module
 */

// Takes a command line apart: the standard library's own, with aliases and clusters.
// @ts-types="./parse_args.d.ts"
export { parseArgs } from "npm:deno-std@1.4.0/cli/parse_args.js";
// What others' code prints, on standard error.
export { Console } from "node:console";
export { stderr } from "node:process";
