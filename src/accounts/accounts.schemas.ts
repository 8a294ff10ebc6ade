import { z } from 'zod';
import { type EmailAddress } from '../users/addresses/addresses.types.js';
import { type User } from '../users/users.types.js';

/** Lengths are those of the columns; what usernames, addresses and passwords may be is the users' own rule. */
const username = z
  .string()
  .min(1)
  .max(150)
  .describe('letters, digits and any of @ . + - _; letter case is kept but does not count');
const email = z.string().min(3).max(254);
const password = z.string().min(1).max(1024);
const personName = z
  .string()
  .trim()
  .max(150)
  .regex(/^[^\p{Cc}]*$/u, 'must be one line');
const token = z.string().min(1).max(200).describe('what stands behind the # of the link');

export const registrationSchema = z.strictObject({
  username,
  email,
  password,
  firstName: personName.min(1),
  lastName: personName.min(1),
});
export const addressSchema = z.strictObject({ email });
export const tokenSchema = z.strictObject({ token });
export const passwordResetSchema = z.strictObject({ token, newPassword: password });
export const passwordChangeSchema = z.strictObject({ currentPassword: password, newPassword: password });
export const newAddressSchema = z.strictObject({ email, currentPassword: password });
export const deletionSchema = z.strictObject({ currentPassword: password });
export const profileChangeSchema = z
  .strictObject({ username, firstName: personName, lastName: personName })
  .partial()
  .refine((change) => Object.keys(change).length > 0, 'name at least one of username, firstName and lastName');
export const addressIdSchema = z.uuid();

/** What happened, for people; programs need the status only. */
export const outcomeSchema = z.object({ message: z.string() });
export type Outcome = z.infer<typeof outcomeSchema>;

export const verifiedSchema = z.object({ email: z.string() });

export const profileSchema = z.object({
  id: z.number().int(),
  username: z.string(),
  email: z.string().describe('the primary address; empty for an account without any'),
  firstName: z.string(),
  lastName: z.string(),
  isStaff: z.boolean(),
  isSuperuser: z.boolean(),
  groups: z.array(z.string()),
  createdAt: z.string().describe('UTC, ISO 8601'),
  passwordChangedAt: z.string().nullable().describe('null while the first password is in use'),
});
export type ProfileResponse = z.infer<typeof profileSchema>;

export function toProfileResponse(user: User): ProfileResponse {
  const { id, username: name, email: address, firstName, lastName, isStaff, isSuperuser, groups } = user;
  return {
    id,
    username: name,
    email: address,
    firstName,
    lastName,
    isStaff,
    isSuperuser,
    groups,
    createdAt: user.createdAt.toISOString(),
    passwordChangedAt: user.passwordChangedAt?.toISOString() ?? null,
  };
}

export const emailAddressSchema = z.object({
  id: z.uuid(),
  email: z.string(),
  isPrimary: z.boolean(),
  isVerified: z.boolean(),
  createdAt: z.string().describe('UTC, ISO 8601'),
});
export type EmailAddressResponse = z.infer<typeof emailAddressSchema>;
export const emailAddressListSchema = z.object({ addresses: z.array(emailAddressSchema) });

export function toEmailAddressResponse(address: EmailAddress): EmailAddressResponse {
  return {
    id: address.id,
    email: address.email,
    isPrimary: address.isPrimary,
    isVerified: address.verifiedAt !== null,
    createdAt: address.createdAt.toISOString(),
  };
}
