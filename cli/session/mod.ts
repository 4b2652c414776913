/**
 * The interactive session: watching and steering a running load in the
 * terminal, as model, update and view, with one table of verbs; and the same
 * screen for a run that has its own plan.
 *
 * It knows what is shown and what can be said. It knows no packets and no
 * wire: all that it has done goes through the public face.
 *
 * @module
 */

export {
  findScenario,
  isFileName,
  prepareScenario,
  scenarioOptionRows,
  typedConfig,
} from "./find_scenario.ts";
export { openRunScreen, runSession } from "./on_demand.ts";
export { reachAdvice } from "./reach_advice.ts";
export type { RunScreen } from "./run_screen.ts";
