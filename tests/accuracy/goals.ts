/** How near a client of ours must come to a browser, and what of it does not. */

import type { Viewing } from "./beside_browser.ts";
import type { Seen } from "./publishers_beside.ts";

/** Whether a figure of ours is near enough to that of a browser. */
type Goal = (browser: number, ours: number) => boolean;

/** Within this share of the browser's, or so much; two that cannot be told are alike. */
function within(ratio: number, much: number): Goal {
  return (browser, ours) =>
    Number.isNaN(browser) && Number.isNaN(ours) ||
    Math.abs(ours - browser) <= Math.max(ratio * browser, much);
}

const ONE_PERCENT = 0.01;
const SERVERS_VIEW = {
  share: within(0.2, ONE_PERCENT),
  ms: within(0.2, 2),
  score: within(0, 1),
};

/** What is out of its goal of a viewer's, by the names of the columns. */
export function outOfViewing(browser: Viewing, ours: Viewing): string[] {
  const is = asked(browser, ours);
  const concealed = ({ concealed, samples }: Viewing) => concealed / samples;
  // Of what came late, repairs come too: there are more than were lost, and
  // where both came, less than nothing was.
  const repaired = ({ repairs, packetsLost }: Viewing) =>
    packetsLost <= 0 ? NaN : Math.min(1, repairs / packetsLost);
  return names({
    frames: is(within(ONE_PERCENT, 0), (of) => of.framesShown),
    freezes: is(within(0.3, 2), (of) => of.freezes),
    "frozen s": is(within(0.3, 0.5), (of) => of.frozenS),
    NACKs: ours.nacks <= 1.2 * browser.nacks + 5,
    PLIs: is(within(0, 2), (of) => of.keyFrameRequests),
    "made up %": is(within(0.3, 0.005), concealed),
    repaired: !(repaired(ours) < repaired(browser) - ONE_PERCENT),
    "RR lost %": is(SERVERS_VIEW.share, (of) => of.reportedLostRatio),
    "RTT ms": is(SERVERS_VIEW.ms, (of) => of.roundTripMs),
    score: is(SERVERS_VIEW.score, (of) => of.score),
    sent: is(within(0.05, 0), (of) => of.packetsSent),
  });
}

/** What is out of its goal of a sender's, by the names of the columns. */
export function outOfSeen(browser: Seen, ours: Seen): string[] {
  const is = asked(browser, ours);
  return names({
    // Where nothing was to be repaired, a browser's probes came that way.
    RTX: ours.lostRatio <= 0 || is(within(0, 0), (of) => of.hasRtx),
    "lost %": is(SERVERS_VIEW.share, (of) => of.lostRatio),
    repaired: is(SERVERS_VIEW.share, (of) => of.repairedRatio),
    fraction: is(SERVERS_VIEW.share, (of) => of.fractionLost),
    "RTT ms": is(SERVERS_VIEW.ms, (of) => of.roundTripMs),
    "jitter ms": is(SERVERS_VIEW.ms, (of) => of.jitterMs),
    score: is(SERVERS_VIEW.score, (of) => of.score),
  });
}

function asked<Figures>(browser: Figures, ours: Figures) {
  return (goal: Goal, of: (figures: Figures) => number): boolean =>
    goal(of(browser), of(ours));
}

function names(isWithin: Readonly<Record<string, boolean>>): string[] {
  return Object.keys(isWithin).filter((name) => !isWithin[name]);
}
