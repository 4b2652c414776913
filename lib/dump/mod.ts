/**
 * One client under the microscope: decrypted packets as pcapng, and what
 * became of it as an rtcstats dump. It knows formats and what is kept; it
 * opens no file and knows no client.
 *
 * @module
 */

export { ClientDump, type DumpFiles, type DumpSubject } from "./client_dump.ts";
export { type PacketEnd } from "./pcapng.ts";
