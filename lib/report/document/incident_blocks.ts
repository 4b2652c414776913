/**
 * What a report says of what happened in a run, and of those who had it worst.
 *
 * @module
 */

import {
  incidentFigures,
  incidentTime,
  type Summary,
} from "../../metrics/mod.ts";
import { formatCounted } from "../../text/mod.ts";
import { type Block, figureRows, figures } from "./blocks.ts";

/** Incidents that a report tells; the file has more. */
const MAX_TOLD = 10;
/** Clients whose trouble is told in words. */
const MAX_WORST = 3;

/** Incident by incident, in the order of time. */
export function incidentBlocks(
  { incidents, incidentsLeftOut, scenario }: Summary,
): Block[] {
  const isOfMore = scenario?.figuresOf !== undefined && incidents.length > 0;
  const told = incidents.slice(0, MAX_TOLD);
  const more = incidents.length - told.length + incidentsLeftOut;
  return [
    figures(
      "Incidents",
      isOfMore ? [`of the whole run, not only of ${scenario.figuresOf}`] : [],
    ),
    ...told.map((incident, i) =>
      figures(i === 0 && !isOfMore ? "Incidents" : "", [
        { text: incidentTime(incident), style: "warning" },
        ...incidentFigures(incident),
      ])
    ),
    figures(
      "",
      more === 0 ? [] : [`and ${formatCounted(more, "incident")} more`],
    ),
  ];
}

/** Who had it worst, and why. */
export function worstThreeBlocks({ worstClients }: Summary): Block[] {
  return [
    figureRows(
      "Had it worst",
      worstClients.clients.slice(0, MAX_WORST).map((
        { clientId, roomId, reason },
      ) => [`${clientId} in ${roomId}: ${reason}`]),
    ),
  ];
}
