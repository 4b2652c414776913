/**
 * A packet path under measurement: it sends RTP packets of about 1,100 bytes
 * at the pace of real tracks to another process, and takes in what that
 * sends back. The other end's CPU time is not this process's.
 *
 * @module
 */

/** What the other end does with packets: it swallows them, or sends them back. */
export type FarEnd = "sink" | "echo";

/** An open path; packets flow until it is disposed of. */
export interface PacketPath extends AsyncDisposable {
  /** Packets sent so far. */
  sent(): number;
  /** Packets received so far: decrypted, and counted in statistics. */
  received(): number;
}
