/** What the protocol layer takes from others. */

/** Schemas with inferred types: one text is both the check at run time and the type. */
export { z } from "npm:zod@4.6.7";
