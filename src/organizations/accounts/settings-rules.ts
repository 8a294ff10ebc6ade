import { InvalidLimitsError } from '../organizations.errors.js';
import { DEFAULT_SETTINGS, type OrganizationSettings, type SettingsChange } from '../organizations.types.js';

/** An owner's maximum may not exceed what administrators allow, and a cluster must be able to reach its minimum. */
export function assertLimits({
  minNodes,
  maxNodes,
  adminMaxNodes,
}: Pick<OrganizationSettings, 'minNodes' | 'maxNodes' | 'adminMaxNodes'>): void {
  if (maxNodes > adminMaxNodes)
    throw new InvalidLimitsError(
      `maxNodes (${maxNodes}) must not exceed adminMaxNodes (${adminMaxNodes}). Lower maxNodes, or have an administrator raise adminMaxNodes.`,
    );
  if (minNodes > maxNodes)
    throw new InvalidLimitsError(
      `minNodes (${minNodes}) must not exceed maxNodes (${maxNodes}). Lower minNodes or raise maxNodes.`,
    );
}

/** The settings with everything that is given in the change. */
export function withChange<Settings extends OrganizationSettings>(
  settings: Settings,
  change: SettingsChange,
): Settings {
  return {
    ...settings,
    ...Object.fromEntries(Object.entries<unknown>(change).filter(([, value]) => value !== undefined)),
  };
}

/** The settings that differ, with the value of each side. */
export function differences(
  before: OrganizationSettings,
  after: OrganizationSettings,
): { before: SettingsChange; after: SettingsChange } {
  const names = (Object.keys(DEFAULT_SETTINGS) as (keyof OrganizationSettings)[]).filter(
    (name) => before[name] !== after[name],
  );
  const pick = (from: OrganizationSettings): SettingsChange =>
    Object.fromEntries(names.map((name) => [name, from[name]]));
  return { before: pick(before), after: pick(after) };
}
