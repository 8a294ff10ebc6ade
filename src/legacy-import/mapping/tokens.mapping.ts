import { type RevokedTokenRow, type UserRow } from './import-plan.js';
import { type Instant } from './legacy-record.js';
import { type OldRows, TAKEN } from './old-rows.js';

const OUTSTANDING = 'token_blacklist_outstandingtoken';
const BLACKLISTED = 'token_blacklist_blacklistedtoken';
/** Longer or stranger ids are refused wherever a token is read, so such a token is no good anyway. */
const TOKEN_ID = /^[\w-]{1,64}$/;

interface OldToken {
  jti: string;
  token: string;
  userId: number | null;
  expiry: Instant;
}

/**
 * Refresh tokens that were given up and have not expired: they must stay refused. Tokens that are still good need no row
 * here or there; their signature is enough. `isSigned` says whether a token bears the signature of this service's secret.
 */
export function mapRevokedTokens(
  old: OldRows,
  users: ReadonlyMap<number, UserRow>,
  now: Date,
  isSigned: (token: string) => boolean,
): RevokedTokenRow[] {
  const tokens = readTokens(old);
  const revoked = new Map<string, RevokedTokenRow>();
  old.each(BLACKLISTED, 'token_id', (record) => {
    const token = tokens.get(record.integer('token_id'));
    const at = record.instant('blacklisted_at');
    if (!token) return 'the token is not there';
    if (token.expiry.milliseconds <= now.getTime()) return 'expired';
    if (!TOKEN_ID.test(token.jti)) return 'its id cannot be that of a token';
    const user_id = token.userId !== null && users.has(token.userId) ? token.userId : null;
    revoked.set(token.jti, {
      jti: token.jti,
      user_id,
      expires_at: token.expiry.text,
      revoked_at: at.text,
      reason: 'imported',
    });
    return TAKEN;
  });
  compareSecrets(old, [...tokens.values()], isSigned);
  return [...revoked.values()];
}

function readTokens(old: OldRows): Map<number, OldToken> {
  const tokens = new Map<number, OldToken>();
  old.each(OUTSTANDING, 'id', (record) => {
    const [jti, token, expiry] = [record.text('jti'), record.text('token'), record.instant('expires_at')];
    tokens.set(record.integer('id'), { jti, token, userId: record.optionalInteger('user_id'), expiry });
    return TAKEN;
  });
  return tokens;
}

/** Whether tokens of the old system are good here is seen from those it has stored. */
function compareSecrets({ journal }: OldRows, tokens: readonly OldToken[], isSigned: (token: string) => boolean): void {
  if (tokens.length === 0) {
    const message =
      'There is no token to compare secrets with. PS_JWT_SECRET must be the JWT_SECRET_KEY of the old system for tokens to stay valid.';
    journal.note('info', OUTSTANDING, null, message);
  } else if (tokens.some(({ token }) => isSigned(token)))
    journal.note('info', OUTSTANDING, null, 'PS_JWT_SECRET is the secret of the old system: tokens stay valid.');
  else
    journal.note(
      'warn',
      OUTSTANDING,
      null,
      'PS_JWT_SECRET is not the secret of the old system: all its tokens are invalid here, and clusters refuse tokens of this service. Set PS_JWT_SECRET to the JWT_SECRET_KEY of the old system.',
    );
}
