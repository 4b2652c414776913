/** What lib/agents takes from others: one library, pinned. */

// Schemas: what comes from another machine is checked where it comes in.
export { z } from "npm:zod@4.6.7";
