import { type Mail, siteMail as mail, type Site } from '../mail/mail.types.js';

/**
 * Mails about accounts (contract section 7). Of what a stranger can type into a registration, only the username is
 * shown: its characters are restricted, so no registration can put words of its own into other people's mailboxes.
 */
export const accountMails = {
  verifyAddress: (site: Site, to: string, username: string, token: string): Mail =>
    mail(site, 'verify_address', to, 'Please Confirm Your E-mail Address', [
      `The account ${username} of ${site.name} (${site.publicUrl}) was given this e-mail address.`,
      'If that was you, confirm it within three days:',
      link(site, 'verify-email', token),
      'If it was not, ignore this mail: without your confirmation the address is not used.',
    ]),

  accountExists: (site: Site, to: string, username: string): Mail =>
    mail(site, 'account_exists', to, 'Account Already Exists', [
      'Somebody, hopefully you, gave this e-mail address for another account, new or old. It belongs to an account already, and stays there.',
      `Your username is ${username}.`,
      'If you do not know your password any more, choose a new one:',
      page(site, 'reset-password'),
    ]),

  resetPassword: (site: Site, to: string, username: string, token: string): Mail =>
    mail(site, 'reset_password', to, 'Password Reset E-mail', [
      'Somebody, hopefully you, asked for a new password for your account.',
      'Choose it within one day:',
      link(site, 'reset-password', token),
      `In case you forgot it: your username is ${username}.`,
      'If you did not ask for this, ignore this mail: your password stays as it is.',
    ]),

  noAccount: (site: Site, to: string): Mail =>
    mail(site, 'reset_password', to, 'Password Reset E-mail', [
      'Somebody, hopefully you, asked for a new password, but no account has this e-mail address.',
      'If you expected one, try another address of yours, or register:',
      site.publicUrl,
      'If you did not ask for this, ignore this mail.',
    ]),

  passwordChanged: (site: Site, to: string, username: string): Mail =>
    mail(site, 'password_changed', to, 'Password Changed', [
      `The password of your account ${username} was changed. Everybody who was logged in to it has been logged out, and its personal access tokens have ended.`,
      'If it was not you, choose another password at once:',
      page(site, 'reset-password'),
    ]),

  addressesChanged: (site: Site, to: string, username: string, what: string): Mail =>
    mail(site, 'addresses_changed', to, 'E-mail Addresses Changed', [
      `The e-mail addresses of your account ${username} were changed: ${what}.`,
      'If it was not you, choose another password at once, and then look at your addresses:',
      page(site, 'reset-password'),
    ]),

  githubLinked: (site: Site, to: string, username: string, login: string): Mail =>
    mail(site, 'github_linked', to, 'GitHub Account Linked', [
      `The GitHub account ${login} was linked to your account ${username}, and can log in to it from now on.`,
      'If it was not you, choose another password at once, and then remove the link in your account:',
      page(site, 'reset-password'),
    ]),

  githubUnlinked: (site: Site, to: string, username: string, login: string): Mail =>
    mail(site, 'github_unlinked', to, 'GitHub Account Unlinked', [
      `The GitHub account ${login} was unlinked from your account ${username}, and cannot log in to it any more.`,
      'Without a password, set one to log in again:',
      page(site, 'reset-password'),
    ]),

  accountDeleted: (site: Site, to: string, username: string, isByAdministrator: boolean): Mail =>
    mail(site, 'account_deleted', to, 'Account Deleted', [
      isByAdministrator
        ? `Your account ${username} was deleted by an administrator of ${site.name}.`
        : `Your account ${username} was deleted, as somebody who is logged in to it and knows its password wished.`,
      'This cannot be undone. Thank you for having used the service.',
    ]),
};

function page({ publicUrl }: Site, name: string): string {
  return `${publicUrl}/accounts/${name}`;
}

/** Behind the #, which browsers keep to themselves: the token stays out of logs and referrers. */
function link(site: Site, name: string, token: string): string {
  return `${page(site, name)}#${token}`;
}
