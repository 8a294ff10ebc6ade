import { Clock } from '../../../src/common/clock/clock.js';
import { AppConfig } from '../../../src/config/app-config.js';
import { Transactions } from '../../../src/database/transaction.js';
import { MailDelivery } from '../../../src/mail/mail-delivery.js';
import { MailOutboxRepository } from '../../../src/mail/mail-outbox.repository.js';
import { MailOutboxService } from '../../../src/mail/mail-outbox.service.js';
import { MAX_ATTEMPTS } from '../../../src/mail/mail-retry.js';
import { MailSeal } from '../../../src/mail/mail-seal.js';
import { MailModule } from '../../../src/mail/mail.module.js';
import { type Mail } from '../../../src/mail/mail.types.js';
import { MailRefusedError } from '../../../src/mail/mailer.js';
import { RecordingMailer } from '../../support/recording-mailer.js';
import { createTestContext, type TestContext } from '../../support/test-context.js';

const MAIL: Mail = { kind: 'verify_address', to: 'ann@example.org', subject: 'Hello', text: 'a secret link' };
const MINUTE = 60_000;

interface OutboxRow {
  status: string;
  attempts: number;
  sealed_text: Buffer | null;
  last_error: string | null;
  provider_message_id: string | null;
}

describe('the mail outbox', () => {
  let test: TestContext;
  let outbox: MailOutboxService;
  let transactions: Transactions;
  let mailer: RecordingMailer;
  let delivery: MailDelivery;

  beforeEach(async () => {
    test = await createTestContext({ imports: [MailModule] });
    outbox = test.context.get(MailOutboxService);
    transactions = test.context.get(Transactions);
    mailer = new RecordingMailer();
    delivery = deliveryThrough(mailer);
  });
  afterEach(() => test.close());

  const deliveryThrough = (carrier: RecordingMailer): MailDelivery =>
    new MailDelivery(
      test.context.get(MailOutboxRepository),
      test.context.get(MailSeal),
      carrier,
      test.context.get(Clock),
      test.context.get(AppConfig),
    );
  const add = (mail: Mail = MAIL): Promise<void> => transactions.run((tx) => outbox.add(tx, mail));
  const rows = (): Promise<OutboxRow[]> => test.fixtures.query('SELECT * FROM mail_outbox ORDER BY created_at');

  it('sends a mail once and forgets its text', async () => {
    await add();
    await expect(delivery.deliverNext()).resolves.toBe(true);
    await expect(delivery.deliverNext()).resolves.toBe(false);
    expect(mailer.sent).toEqual([MAIL]);
    expect(await rows()).toMatchObject([
      { status: 'sent', attempts: 1, sealed_text: null, provider_message_id: 'recorded-1' },
    ]);
  });

  it('keeps nothing of a change that was rolled back', async () => {
    const failing = transactions.run(async (tx) => {
      await outbox.add(tx, MAIL);
      throw new Error('the change failed');
    });
    await expect(failing).rejects.toThrow('the change failed');
    await expect(delivery.deliverNext()).resolves.toBe(false);
  });

  it('stores no text that can be read', async () => {
    await add();
    const [row] = await test.fixtures.query<{ text: string }>('SELECT mail_outbox::text AS text FROM mail_outbox');
    expect(row!.text).not.toContain('secret');
    expect(row!.text).not.toContain(Buffer.from('secret').toString('hex'));
  });

  it('survives an outage of the carrier', async () => {
    mailer.failures.push(new Error('connect ECONNREFUSED'), new Error('503'));
    await add();
    await delivery.deliverNext();
    expect(await rows()).toMatchObject([{ status: 'waiting', attempts: 1, last_error: 'connect ECONNREFUSED' }]);
    await expect(delivery.deliverNext()).resolves.toBe(false);
    test.clock.advance(MINUTE / 2);
    await delivery.deliverNext();
    test.clock.advance(MINUTE - 1);
    await expect(delivery.deliverNext()).resolves.toBe(false);
    test.clock.advance(1);
    await delivery.deliverNext();
    expect(mailer.sent).toEqual([MAIL]);
    expect(await rows()).toMatchObject([{ status: 'sent', attempts: 3, last_error: null }]);
  });

  it('gives up after the last attempt and forgets the text', async () => {
    mailer.failures.push(...Array.from({ length: MAX_ATTEMPTS + 5 }, () => new Error('no such host')));
    await add();
    for (let round = 0; round < MAX_ATTEMPTS + 5; round++) {
      await delivery.deliverNext();
      test.clock.advance(60 * MINUTE);
    }
    expect(mailer.attempts).toBe(MAX_ATTEMPTS);
    expect(await rows()).toMatchObject([{ status: 'given_up', sealed_text: null, last_error: 'no such host' }]);
  });

  it('does not try again what the carrier will never take', async () => {
    mailer.failures.push(new MailRefusedError('unknown domain'));
    await add();
    await delivery.deliverNext();
    expect(await rows()).toMatchObject([{ status: 'given_up', attempts: 1, last_error: 'unknown domain' }]);
  });

  it('takes over a mail whose sender died, and does not do so for ever', async () => {
    await add();
    const outboxRows = test.context.get(MailOutboxRepository);
    const claim = (): Promise<unknown> =>
      outboxRows.claimDue(test.clock.now(), new Date(test.clock.now().getTime() + MINUTE));
    await expect(claim()).resolves.toMatchObject({ attempts: 1 });
    await expect(claim()).resolves.toBeNull();
    for (let death = 2; death <= MAX_ATTEMPTS; death++) {
      test.clock.advance(MINUTE);
      await expect(claim()).resolves.toMatchObject({ attempts: death });
    }
    test.clock.advance(MINUTE);
    await delivery.deliverNext();
    expect(mailer.attempts).toBe(0);
    expect(await rows()).toMatchObject([{ status: 'given_up' }]);
  });

  it('gives each mail to one of several senders', async () => {
    const count = 40;
    await Promise.all(Array.from({ length: count }, (_, n) => add({ ...MAIL, to: `person-${n}@example.org` })));
    const senders = Array.from({ length: 4 }, () => new RecordingMailer());
    await Promise.all(
      senders.map(async (sender) => {
        const deliver = deliveryThrough(sender);
        while (await deliver.deliverNext());
      }),
    );
    const recipients = senders.flatMap(({ sent }) => sent.map(({ to }) => to));
    expect(recipients).toHaveLength(count);
    expect(new Set(recipients).size).toBe(count);
  });

  it('lets one of several callers at once begin a cool-down, whatever the letter case', async () => {
    const begin = (to: string): Promise<boolean> =>
      transactions.run((tx) => outbox.beginCooldown(tx, 'verify_address', to));
    const begun = await Promise.all(['ann@example.org', 'Ann@Example.org', 'ANN@EXAMPLE.ORG'].map(begin));
    expect(begun.filter((isBegun) => isBegun)).toHaveLength(1);
    await expect(begin('ben@example.org')).resolves.toBe(true);
    test.clock.advance(3 * MINUTE - 1);
    await expect(begin('ann@example.org')).resolves.toBe(false);
    test.clock.advance(1);
    await expect(begin('ann@example.org')).resolves.toBe(true);
  });

  it('forgets finished mails after a month', async () => {
    await add();
    await delivery.deliverNext();
    await add();
    test.clock.advance(30 * 24 * 60 * MINUTE + 1);
    await delivery.deleteOld();
    expect(await rows()).toMatchObject([{ status: 'waiting' }]);
  });
});
