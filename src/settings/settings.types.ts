import { z } from 'zod';

interface SettingDefinition {
  schema: z.ZodType;
  fallback: unknown;
  description: string;
}

/** Every setting there is. Settings change while the service runs; what needs a restart is configuration instead. */
export const SETTINGS = {
  provisioningDisabled: {
    schema: z.boolean(),
    fallback: false,
    description: 'no run starts anywhere; running ones finish, and requests for nodes are still stored',
  },
} as const satisfies Record<string, SettingDefinition>;

export type SettingName = keyof typeof SETTINGS;

export const SETTING_NAMES = Object.keys(SETTINGS) as [SettingName, ...SettingName[]];

export type SettingValue<Name extends SettingName> = z.infer<(typeof SETTINGS)[Name]['schema']>;

export interface Setting {
  name: SettingName;
  value: SettingValue<SettingName>;
  description: string;
  /** Null while nobody has changed it. */
  updatedAt: Date | null;
  updatedBy: string | null;
}
