/**
 * What this folder takes from npm.
 *
 * @module
 */

// Charts: draws a series as a line of box characters, without dependencies.
// @ts-types="./asciichart.d.ts"
export { plot } from "npm:asciichart@1.5.25";
