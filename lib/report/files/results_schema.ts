/**
 * The definition of `load_test_results.json`, of which the type is inferred:
 * an array, one object a client, with every key of SimplestChat's own tester
 * in the same type and unit. A client's part of each metric comes from the
 * catalog.
 *
 * @module
 */

import { CLIENT_STATES, ROLES } from "../../metrics/mod.ts";
import {
  amount,
  clientFields,
  count,
  known,
  signalingLatencies,
} from "../../metrics/summary/summary_schema.ts";
import { z } from "../deps.ts";

const clientResult = z.object({
  clientId: z.string(),
  roomId: z.string(),
  connectionSuccessful: z.boolean().describe(
    "ICE and DTLS came up on every transport that it needs. SimplestChat's tester says true as soon as the room was joined.",
  ),
  connectionTimeMs: amount.describe(
    "From when it was scheduled until its last transport was up; 0 when it never was.",
  ),
  joinMs: known,
  firstMediaMs: known,
  timeToFirstMediaSentMs: known,
  timeToFirstMediaReceivedMs: known,
  errors: z.array(z.string()).describe("Each as `kind: message`."),
  sessionDurationMs: amount.describe("From connected to left."),
  signalingLatencies,
  index: count.describe("Its place in the plan."),
  role: z.enum(ROLES),
  node: z.string().describe("The node that drove it."),
  state: z.enum(CLIENT_STATES),
  failureCause: z.string().nullable(),
  errorCount: count.describe(
    "All errors, also those that `errors` has no room for.",
  ),
  errorDetails: z.array(
    z.object({ kind: z.string(), message: z.string(), atMs: z.number() }),
  ),
  impairment: z.string().nullable().describe(
    "Its network at the end; null when that did nothing to packets.",
  ),
  consumersFlowing: count.describe("Consumers that media arrived on."),
  connectedAtEnd: z.boolean().describe(
    "Whether it was connected at the end, or when it left; one that gave up or was on its way back was not.",
  ),
  lostMediaForGood: z.boolean(),
  sendBps: count.describe("On average over its session."),
  receiveBps: count.describe("On average over its session."),
  awaySinceMs: known.describe(
    "Since when it had no media after a loss, since the run began; null when it had.",
  ),
  frameRate: known.describe(
    "Frames that a video showed a second, on average; null without video.",
  ),
  longestFreezeMs: amount,
  ...clientFields(),
});

/** The schema of `load_test_results.json`. */
export const resultsSchema = z.array(clientResult).meta({
  title: "load_test_results.json",
  description: "What became of each client of a load test.",
});
