/**
 * Writes the JSON Schemas beside this file. Run it after a change of the zod
 * schemas: `deno run --allow-write lib/report/schema/write.ts`.
 *
 * @module
 */

import { jsonSchemaFiles } from "../json_schema.ts";

for (const [name, text] of Object.entries(jsonSchemaFiles())) {
  await Deno.writeTextFile(new URL(name, import.meta.url), text);
}
