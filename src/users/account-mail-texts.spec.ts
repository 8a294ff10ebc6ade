import { type Mail, type Site } from '../mail/mail.types.js';
import { accountMails } from './account-mail-texts.js';

const SITE: Site = { name: 'Lab', publicUrl: 'https://ps.example.org' };
const TO = 'ann@example.org';

describe('accountMails', () => {
  const mails: Mail[] = [
    accountMails.verifyAddress(SITE, TO, 'ann', 'TOKEN'),
    accountMails.accountExists(SITE, TO, 'ann'),
    accountMails.resetPassword(SITE, TO, 'ann', 'TOKEN'),
    accountMails.noAccount(SITE, TO),
    accountMails.passwordChanged(SITE, TO, 'ann'),
    accountMails.addressesChanged(SITE, TO, 'ann', 'x@example.org was added'),
    accountMails.accountDeleted(SITE, TO, 'ann', false),
    accountMails.accountDeleted(SITE, TO, 'ann', true),
  ];

  it('have the subjects people know', () => {
    expect(mails.map(({ subject }) => subject)).toEqual([
      '[Lab] Please Confirm Your E-mail Address',
      '[Lab] Account Already Exists',
      '[Lab] Password Reset E-mail',
      '[Lab] Password Reset E-mail',
      '[Lab] Password Changed',
      '[Lab] E-mail Addresses Changed',
      '[Lab] Account Deleted',
      '[Lab] Account Deleted',
    ]);
  });

  it('have one link each, on a line of its own, with the token where no log sees it', () => {
    const linesWithLinks = mails.map(({ text }) => text.split('\n').filter((line) => line.startsWith('https://')));
    const signature = SITE.publicUrl;
    expect(linesWithLinks).toEqual([
      ['https://ps.example.org/accounts/verify-email#TOKEN', signature],
      ['https://ps.example.org/accounts/reset-password', signature],
      ['https://ps.example.org/accounts/reset-password#TOKEN', signature],
      [signature, signature],
      ['https://ps.example.org/accounts/reset-password', signature],
      ['https://ps.example.org/accounts/reset-password', signature],
      [signature],
      [signature],
    ]);
  });

  it('say who had an account deleted', () => {
    const [byOwner, byAdministrator] = mails.filter(({ subject }) => subject.endsWith('Account Deleted'));
    expect(byOwner?.text).toContain('knows its password');
    expect(byAdministrator?.text).toContain('by an administrator of Lab');
  });

  it('name the account wherever its owner may have forgotten it', () => {
    for (const mail of mails.filter(({ text }) => !text.includes('no account')))
      expect(mail.text).toMatch(/\bann\b(?!@)/);
  });
});
