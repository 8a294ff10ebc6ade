/** IAM actions by what Terraform does with a resource of a type; each without those of reading, which all need. */
export interface TypeActions {
  read: readonly string[];
  create: readonly string[];
  update: readonly string[];
  delete: readonly string[];
}

export type ActionTable = Readonly<Record<string, TypeActions>>;

/** What is only looked up. */
export type LookupTable = Readonly<Record<string, readonly string[]>>;

/** Actions of one service by their short names. */
export function of(service: string, ...names: string[]): string[] {
  return names.map((name) => `${service}:${name}`);
}
