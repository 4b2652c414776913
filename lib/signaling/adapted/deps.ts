/** What loading adapters takes from others. */

export { Console } from "node:console";
export { stderr } from "node:process";
