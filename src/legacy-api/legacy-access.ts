import { Injectable } from '@nestjs/common';
import { TokenRejectedError } from '../auth/auth.errors.js';
import { OrganizationTokensService } from '../auth/organization-tokens.service.js';
import { type OrganizationTokenClaims } from '../auth/auth.types.js';
import { MembershipsService } from '../organizations/memberships.service.js';
import { OrganizationsService } from '../organizations/organizations.service.js';
import { type MemberAccess } from '../organizations/organizations.types.js';
import { failed, LegacyAnswer } from './legacy-answer.js';
import { MemberClusterRepository } from './member-cluster.repository.js';

const NO_TOKEN = 'No token is provided in the header or the header is missing';

/** A member, active or not, of the organization in the path. */
export interface LegacyMember {
  organizationId: string;
  organizationName: string;
  allowDeployByToken: boolean;
  userId: number;
  username: string;
  isActive: boolean;
  isOwner: boolean;
  /** When the access token expires. */
  tokenExpiresAt: Date;
}

/** A member with what old clients want to know of the organization's cluster. */
export interface LegacyClusterMember extends LegacyMember {
  minNodes: number;
  maxNodes: number;
  adminMaxNodes: number;
  isDeployed: boolean;
  target: string | null;
  /** According to the newest state; 0 while nothing is deployed. */
  nodeCount: number;
  /** Null before the first deployment, empty after the cluster was taken down. */
  clusterVersion: string | null;
  isPublic: boolean;
  address: string | null;
}

/** Authentication and membership in the order of the old system, with its answers (contract section 1.3). */
@Injectable()
export class LegacyAccess {
  constructor(
    private readonly tokens: OrganizationTokensService,
    private readonly memberships: MembershipsService,
    private readonly organizations: OrganizationsService,
    private readonly clusters: MemberClusterRepository,
  ) {}

  /** The caller's membership in the organization. Throws the old system's answer for whatever is not right. */
  async member(authorization: string | undefined, organizationName: string): Promise<LegacyMember> {
    const claims = this.claims(authorization);
    return toMember(claims, organizationName, await this.memberships.findAccess(organizationName, claims.user_id));
  }

  /** As {@link member}, with the cluster; still one statement. */
  async clusterMember(authorization: string | undefined, organizationName: string): Promise<LegacyClusterMember> {
    return this.clusterMemberOf(this.claims(authorization), organizationName);
  }

  /** As {@link clusterMember}, but an unknown organization is found out before a missing token (endpoints 8 and 10). */
  async clusterMemberOfKnown(
    authorization: string | undefined,
    organizationName: string,
  ): Promise<LegacyClusterMember> {
    const claims = this.authenticate(authorization);
    if (claims) return this.clusterMemberOf(claims, organizationName);
    const isKnown =
      !organizationName.includes('\0') && (await this.organizations.findByName(organizationName)) !== null;
    throw isKnown ? failed(400, NO_TOKEN) : unknown(organizationName);
  }

  /** The claims of the bearer token; null when there is none. A bad one is answered 403, also for a wrong method. */
  authenticate(authorization: string | undefined): OrganizationTokenClaims | null {
    const [scheme, token, ...rest] = (authorization ?? '').trim().split(/\s+/);
    if (scheme !== 'Bearer') return null;
    if (token === undefined || rest.length > 0) {
      throw new LegacyAnswer(403, {
        detail: 'Authorization header must contain two space-delimited values',
        code: 'bad_authorization_header',
      });
    }
    try {
      return this.tokens.verifyAccess(token);
    } catch (error) {
      if (error instanceof TokenRejectedError) throw rejected(error);
      throw error;
    }
  }

  private claims(authorization: string | undefined): OrganizationTokenClaims {
    const claims = this.authenticate(authorization);
    if (!claims) throw failed(400, NO_TOKEN);
    return claims;
  }

  private async clusterMemberOf(
    claims: OrganizationTokenClaims,
    organizationName: string,
  ): Promise<LegacyClusterMember> {
    const found = await this.clusters.find(organizationName, claims.user_id);
    const member = toMember(claims, organizationName, found);
    const isDeployed = found.isDeployed === true;
    return {
      ...member,
      minNodes: found.minNodes ?? 0,
      maxNodes: found.maxNodes ?? 0,
      adminMaxNodes: found.adminMaxNodes ?? 0,
      isDeployed,
      target: found.target,
      nodeCount: isDeployed ? (found.nodeCount ?? 0) : 0,
      clusterVersion: found.clusterVersion,
      isPublic: found.isPublic === true,
      address: found.address,
    };
  }
}

/** In the order of the old system's answers (contract section 1.3). */
function toMember(claims: OrganizationTokenClaims, organizationName: string, access: MemberAccess): LegacyMember {
  const { userId, username } = activeUser(access);
  if (access.organizationId === null) throw unknown(organizationName);
  if (claims.org_name === null) throw failed(400, 'invalid token ke');
  if (access.status === null) throw failed(400, `user${username} is not a member of ${organizationName}?`);
  if (claims.org_name !== organizationName) {
    throw failed(400, `Token claim org:${claims.org_name} does not match organization given:${organizationName} `);
  }
  return {
    organizationId: access.organizationId,
    organizationName,
    allowDeployByToken: access.allowDeployByToken === true,
    userId,
    username,
    isActive: access.status === 'active',
    isOwner: access.role === 'owner',
    tokenExpiresAt: new Date(claims.exp * 1000),
  };
}

function activeUser({ userId, username, isUserActive }: MemberAccess): { userId: number; username: string } {
  if (userId === null || username === null)
    throw new LegacyAnswer(403, { detail: 'User not found', code: 'user_not_found' });
  if (isUserActive !== true) throw new LegacyAnswer(403, { detail: 'User is inactive', code: 'user_inactive' });
  return { userId, username };
}

function unknown(organizationName: string): LegacyAnswer {
  return failed(400, `Unknown org:${organizationName}`);
}

function rejected({ problem, message }: TokenRejectedError): LegacyAnswer {
  if (problem === 'no_user') return new LegacyAnswer(403, { detail: message, code: 'token_not_valid' });
  return new LegacyAnswer(403, {
    detail: 'Given token not valid for any token type',
    code: 'token_not_valid',
    messages: [{ token_class: 'JWTAccessToken', token_type: 'access', message }],
  });
}
