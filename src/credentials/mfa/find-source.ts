import { CredentialsInputError, ProfileUnusableError } from '../credentials.errors.js';
import { type LoginRequest } from '../credentials.types.js';
import { type CredentialsFile } from '../profiles/credentials-file.js';
import { profileNames, readProfile } from '../profiles/credentials-text.js';
import { type LongTermKeys, longTermKeys } from '../profiles/session-profile.js';

/** The keys a session is asked for with, and the profile they are in when it is stored. */
export interface Source {
  profile: string;
  keys: LongTermKeys;
}

/** Throws {@link ProfileUnusableError} when it is not clear which, {@link CredentialsInputError} when it cannot be. */
export function findSource(
  file: CredentialsFile,
  { sourceProfile, profile, moveLongTermTo }: Pick<LoginRequest, 'sourceProfile' | 'profile' | 'moveLongTermTo'>,
): Source {
  const text = file.read();
  if (moveLongTermTo !== null) {
    const keys = longTermKeys(readProfile(text, profile)) ?? longTermKeys(readProfile(text, moveLongTermTo));
    if (keys) return { profile: moveLongTermTo, keys };
    throw new ProfileUnusableError(`[${profile}] holds no keys that could be moved.`);
  }
  const name = sourceProfile ?? onlySource(file.path, text, profile);
  if (name === profile) {
    throw new CredentialsInputError(
      `The keys and the session cannot both be in [${profile}]. Choose another profile for the session, or move the keys away with --move-long-term-to <profile>.`,
    );
  }
  const keys = longTermKeys(readProfile(text, name));
  if (keys) return { profile: name, keys };
  throw new ProfileUnusableError(
    `[${name}] in ${file.path} has no keys of a user: a session can only be asked for with those.`,
  );
}

function onlySource(path: string, text: string, target: string): string {
  const names = [...new Set(profileNames(text))].filter((name) => longTermKeys(readProfile(text, name)));
  const others = names.filter((name) => name !== target);
  const [only, ...more] = others.length > 0 ? others : names;
  if (only !== undefined && more.length === 0) return only;
  const found = only === undefined ? 'none has' : `several have: ${[only, ...more].join(', ')}`;
  throw new ProfileUnusableError(
    `Which profile of ${path} holds the keys of your user? Of those there, ${found}. Name it (sourceProfile; on the command line --source-profile).`,
  );
}
