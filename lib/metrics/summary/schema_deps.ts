/** What the schemas of lib/metrics take from others: one library, pinned. */

// Schemas: one text is the check at run time, the type, and the JSON Schema in the repository.
export { z } from "npm:zod@4.6.7";
