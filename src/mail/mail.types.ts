/** Kinds of mails; each has a cool-down of its own per address, and operators see them in the outbox. */
export type MailKind =
  | 'verify_address'
  | 'account_exists'
  | 'reset_password'
  | 'password_changed'
  | 'addresses_changed'
  | 'account_deleted'
  | 'github_linked'
  | 'github_unlinked'
  | 'membership_requested'
  | 'membership_activated';

/** How the service is called and where it is reached. */
export interface Site {
  name: string;
  /** Without a slash at the end. */
  publicUrl: string;
}

/** A text mail to one address. */
export interface Mail {
  kind: MailKind;
  to: string;
  /** One line; what differs from mail to mail must have been checked. */
  subject: string;
  text: string;
}

/** In the form all mails of this service have. */
export function siteMail(site: Site, kind: MailKind, to: string, subject: string, paragraphs: string[]): Mail {
  const text = ['Hello,', ...paragraphs, `-- \n${site.name}\n${site.publicUrl}`].join('\n\n');
  return { kind, to, subject: `[${site.name}] ${subject}`, text: `${text}\n` };
}
