import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock/clock.js';
import { AuditLog } from '../database/audit-log.js';
import { Notifier } from '../database/notifier.js';
import { type Transaction, Transactions } from '../database/transaction.js';
import { SettingsRepository } from './settings.repository.js';
import { SettingValueInvalidError } from './settings.errors.js';
import { type Setting, SETTING_NAMES, type SettingName, SETTINGS, type SettingValue } from './settings.types.js';

/** Switches of the whole installation. Durable: what was switched stays so until somebody switches it back. */
@Injectable()
export class SettingsService {
  constructor(
    private readonly settings: SettingsRepository,
    private readonly transactions: Transactions,
    private readonly audit: AuditLog,
    private readonly notifier: Notifier,
    private readonly clock: Clock,
  ) {}

  /** The value in force. Throws ZodError when the stored one is not of the setting's form. */
  async get<Name extends SettingName>(name: Name, tx?: Transaction): Promise<SettingValue<Name>> {
    const stored = await this.settings.find(name, tx);
    return SETTINGS[name].schema.parse(stored ? stored.value : SETTINGS[name].fallback) as SettingValue<Name>;
  }

  list(): Promise<Setting[]> {
    return Promise.all(SETTING_NAMES.map((name) => this.describe(name)));
  }

  /** `changedBy` is `user:<name>` or `system:<part>`. Setting what is set already changes nothing. */
  async set<Name extends SettingName>(name: Name, value: SettingValue<Name>, changedBy: string): Promise<void> {
    await this.transactions.run(async (tx) => {
      const before = await this.get(name, tx);
      if (before === value) return;
      await this.settings.save(tx, name, value, changedBy, this.clock.now());
      await this.audit.record(tx, {
        organizationId: null,
        actor: changedBy,
        action: 'setting.changed',
        subjectId: name,
        details: { before, after: value },
      });
    });
    this.notifier.publish('ps_settings', name);
  }

  /** As {@link set}, with a value nobody has looked at. Throws SettingValueInvalidError. */
  async change(name: SettingName, value: unknown, changedBy: string): Promise<Setting> {
    const parsed = SETTINGS[name].schema.safeParse(value);
    if (!parsed.success)
      throw new SettingValueInvalidError(name, parsed.error.issues.map(({ message }) => message).join(', '));
    await this.set(name, parsed.data, changedBy);
    return this.describe(name);
  }

  private async describe(name: SettingName): Promise<Setting> {
    const stored = await this.settings.find(name);
    const { schema, fallback, description } = SETTINGS[name];
    return {
      name,
      value: schema.parse(stored ? stored.value : fallback),
      description,
      updatedAt: stored?.updatedAt ?? null,
      updatedBy: stored?.updatedBy ?? null,
    };
  }
}
