/**
 * `T` with every property and every array inside it read-only. Messages are
 * shared between clients (one set of router capabilities serves a thousand
 * of them), so nobody may write into one.
 */
export type DeepReadonly<T> = T extends readonly (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
  : T;
