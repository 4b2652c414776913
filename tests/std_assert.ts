/** `@std/assert`, from the npm copy of the standard library (`deno.json` maps the name here). */

// @ts-types="./std_assert.d.ts"
export * from "npm:deno-std@1.4.0/assert/mod.js";
