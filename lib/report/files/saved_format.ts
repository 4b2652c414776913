/** Of `load_test_snapshot.json.gz`; one that a later version cannot read any more has another. */
export const SAVED_FORMAT = 1;
