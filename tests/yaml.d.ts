/** The one function of the standard library's YAML that tests use; its npm copy has no types. */
export function parse(text: string): unknown;
