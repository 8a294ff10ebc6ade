import { PASSWORD } from './http-world.js';
import { type Role, type RoleCast } from './role-cast.js';

/** `yes` is 200; `nothing` is 200 with `{"active": false}`, and nothing is done; a number is the status of the refusal. */
export type Outcome = 'yes' | 'nothing' | number;

interface LegacyPermission {
  /** What the role sends besides its bearer token. */
  body?: (cast: RoleCast, role: Role) => Record<string, unknown>;
  outcomes: Record<Role, Outcome>;
}

const row = (...outcomes: [Outcome, Outcome, Outcome, Outcome, Outcome, Outcome, Outcome]): Record<Role, Outcome> => {
  const [anonymous, inactive, member, owner, developer, superuser, outsider] = outcomes;
  return { anonymous, inactive, member, owner, developer, superuser, outsider };
};
const refresh = (cast: RoleCast, role: Role): Record<string, unknown> => ({
  refresh: cast.organizationToken(role, 'refresh') ?? 'none',
});

/**
 * The table of API actions of contract section 4, with the refusals of sections 1.3 to 1.7, by the
 * beginning of the path, before its first parameter.
 * Everybody but outsiders has a membership, and superusers are only what it makes of them.
 */
//                                      anonymous inactive member owner developer superuser outsider
export const LEGACY_PERMISSIONS: Record<string, LegacyPermission> = {
  '/api/membership_status/': { outcomes: row(400, 'nothing', 'yes', 'yes', 'yes', 'yes', 400) },
  '/api/org_num_nodes/': { outcomes: row(400, 400, 'yes', 'yes', 'yes', 'yes', 400) },
  '/api/org_ip_adr/': { outcomes: row(400, 'nothing', 'yes', 'yes', 'yes', 'yes', 400) },
  '/api/desired_org_num_nodes/': { outcomes: row(400, 'nothing', 'yes', 'yes', 'yes', 'yes', 400) },
  '/api/desired_org_num_nodes_ttl/': { outcomes: row(400, 401, 'yes', 'yes', 'yes', 'yes', 400) },
  '/api/remove_user_org_num_nodes_reqs/': { outcomes: row(400, 'nothing', 'yes', 'yes', 'yes', 'yes', 400) },
  '/api/remove_all_org_num_nodes_reqs/': { outcomes: row(400, 401, 400, 'yes', 'yes', 400, 400) },
  '/api/org_config/': { outcomes: row(400, 400, 400, 'yes', 'yes', 400, 400) },
  // Who logs in shows a password, who refreshes a token; outsiders refresh what their own organization gave them.
  '/api/org_token/': {
    body: (cast, role) => ({ username: cast.username(role), password: PASSWORD, org_name: cast.laboratory }),
    outcomes: row(401, 403, 'yes', 'yes', 'yes', 'yes', 403),
  },
  '/api/org_token/refresh/': { body: refresh, outcomes: row(401, 403, 'yes', 'yes', 'yes', 'yes', 'yes') },
  '/api/token/blacklist/': { body: refresh, outcomes: row(401, 'yes', 'yes', 'yes', 'yes', 'yes', 'yes') },
  // GitHub is not asked here: nobody shows a token of it.
  '/api/org_token_github/': { outcomes: row(400, 400, 400, 400, 400, 400, 400) },
  // Only developers get as far as their wrong second factor.
  '/api/disable_provisioning/': {
    body: (cast, role) => ({ username: cast.username(role), password: PASSWORD, mfa_code: 'wrong' }),
    outcomes: row(400, 401, 401, 401, 400, 401, 401),
  },
};
