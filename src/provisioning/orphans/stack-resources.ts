import { z } from 'zod';

/** A resource the configuration has, and the name by which it is told from others of its type. */
export interface StackResource {
  address: string;
  type: string;
  /** The literal name, or else the literal tag `Name`; null when Terraform or AWS makes one up. */
  name: string | null;
}

const resourceSchema = z.looseObject({
  count: z.unknown().optional(),
  for_each: z.unknown().optional(),
  name: z.string().optional(),
  tags: z.looseObject({ Name: z.string().optional() }).optional(),
  tag: z.array(z.looseObject({ key: z.string(), value: z.string() })).optional(),
});
const stackSchema = z.looseObject({
  resource: z.record(z.string(), z.record(z.string(), resourceSchema)).default({}),
});

/**
 * The resources of a configuration (the text of `cdk.tf.json`). Those of which there are many under one address are left
 * out: which of them one found outside would be cannot be told.
 */
export function stackResources(configuration: string): StackResource[] {
  const { resource } = stackSchema.parse(JSON.parse(configuration));
  return Object.entries(resource).flatMap(([type, byName]) =>
    Object.entries(byName)
      .filter(([, { count, for_each: forEach }]) => count === undefined && forEach === undefined)
      .map(([label, { name, tags, tag }]) => {
        const tagged = tags?.Name ?? tag?.find(({ key }) => key === 'Name')?.value;
        return { address: `${type}.${label}`, type, name: name ?? tagged ?? null };
      }),
  );
}
