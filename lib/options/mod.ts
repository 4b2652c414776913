/**
 * Options as tables: a row says once what an option takes, what it is when it
 * is not given, and what help says of it; reading, help, completion and the
 * record of a run loop over the rows.
 *
 * It knows neither clients nor the command line's process: which options
 * there are is said by whoever they are for.
 *
 * @module
 */

export {
  type Duration,
  durationMs,
  formatDuration,
  readDuration,
} from "./duration.ts";
export { namedElsewhere } from "./elsewhere.ts";
export {
  type FlagSpelling,
  many,
  maybe,
  type Option,
  optional,
  type OptionTraits,
  toggle,
  withDefault,
} from "./option.ts";
export {
  exclusion,
  exclusions,
  liveOptions,
  type OptionInput,
  type OptionTable,
  type OptionValues,
  type ReadTable,
  readTable,
  recordOf,
  verifyTable,
  withDefaults,
} from "./table.ts";
export {
  choice,
  decimal,
  duration,
  kind,
  listOf,
  numberOfFew,
  type OptionReading,
  parsed,
  type Recorded,
  refused,
  secretKind,
  seriesOf,
  text,
  typedValue,
  type ValueKind,
  whole,
  wholeOr,
  yesOrNo,
} from "./value_kind.ts";
