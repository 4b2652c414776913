/** Third parties of this folder. */

export { default as process } from "node:process";
