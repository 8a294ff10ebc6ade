import { Injectable } from '@nestjs/common';
import { type Actor, actorLabel } from '../common/access/actor.js';
import { Clock } from '../common/clock/clock.js';
import { newId } from '../common/ids/ids.js';
import { AuditLog } from '../database/audit-log.js';
import { type Transaction, Transactions } from '../database/transaction.js';
import { hashOfPasscode, newPasscode } from './memberships/passcode.js';
import { PasscodesRepository } from './memberships/passcodes.repository.js';
import { InvalidPasscodeError, PasscodeNotFoundError } from './organizations.errors.js';
import { type MembershipRole, type Passcode } from './organizations.types.js';

export interface NewPasscode {
  role: MembershipRole;
  /** Null: until it is revoked. */
  expiresAt: Date | null;
  /** Null: any number of times. */
  maxUses: number | null;
}

/** Passcodes by which an organization lets people in without being asked for each of them. */
@Injectable()
export class PasscodesService {
  constructor(
    private readonly passcodes: PasscodesRepository,
    private readonly transactions: Transactions,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** The new passcode with its code, which nobody can ever read again. */
  async create(
    organizationId: string,
    input: NewPasscode,
    actor: Actor,
  ): Promise<{ code: string; passcode: Passcode }> {
    const createdAt = this.clock.now();
    assertUsable(input, createdAt);
    const code = newPasscode();
    const draft = { ...input, id: newId(), createdBy: actorLabel(actor), createdAt };
    return this.transactions.run(async (tx) => {
      await this.passcodes.insert(tx, organizationId, draft, hashOfPasscode(code));
      const { role, maxUses } = input;
      const details = { role, maxUses, expiresAt: input.expiresAt?.toISOString() ?? null };
      await this.record(tx, organizationId, draft.id, 'passcode.created', details, actor);
      return { code, passcode: await this.get(organizationId, draft.id, tx) };
    });
  }

  /** Newest first, ended ones too. */
  list(organizationId: string, limit: number): Promise<Passcode[]> {
    return this.passcodes.list(organizationId, limit);
  }

  /** Members who came by it stay. Revoking again changes nothing. */
  revoke(organizationId: string, id: string, actor: Actor): Promise<Passcode> {
    return this.transactions.run(async (tx) => {
      if (await this.passcodes.revoke(tx, organizationId, id, this.clock.now()))
        await this.record(tx, organizationId, id, 'passcode.revoked', {}, actor);
      return this.get(organizationId, id, tx);
    });
  }

  private async get(organizationId: string, id: string, tx: Transaction): Promise<Passcode> {
    const passcode = await this.passcodes.find(organizationId, id, tx);
    if (!passcode) throw new PasscodeNotFoundError(id);
    return passcode;
  }

  private record(
    tx: Transaction,
    organizationId: string,
    id: string,
    action: string,
    details: Record<string, unknown>,
    actor: Actor,
  ): Promise<void> {
    return this.audit.record(tx, { organizationId, actor: actorLabel(actor), action, subjectId: id, details });
  }
}

function assertUsable({ role, expiresAt, maxUses }: NewPasscode, now: Date): void {
  if (expiresAt && expiresAt <= now)
    throw new InvalidPasscodeError('expiresAt lies in the past. Choose a later time, or leave it out.');
  // A forgotten one would let strangers take the organization over for ever.
  if (role === 'owner' && !expiresAt && maxUses === null)
    throw new InvalidPasscodeError('A passcode for owners must end by itself. Give expiresAt or maxUses.');
}
