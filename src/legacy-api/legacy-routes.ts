export interface LegacyRoute {
  pattern: RegExp;
  /** In the order the old system lists them in `Allow`. */
  methods: string[];
  /** Whether it looks at a bearer token before it refuses a method. */
  isAuthenticated: boolean;
}

const POST = ['POST', 'OPTIONS'];
const PUT = ['PUT', 'PATCH', 'OPTIONS'];
const GET = ['GET', 'HEAD', 'OPTIONS'];

/** Paths and methods of the old contract, section 1.1. Numbers are `[0-9]+`: signs and decimals are other paths. */
const ROUTES: LegacyRoute[] = [
  { pattern: /^\/api\/org_token\/$/, methods: POST, isAuthenticated: false },
  { pattern: /^\/api\/org_token\/refresh\/$/, methods: POST, isAuthenticated: false },
  { pattern: /^\/api\/org_token_github\/$/, methods: POST, isAuthenticated: true },
  { pattern: /^\/api\/token\/blacklist\/$/, methods: POST, isAuthenticated: false },
  { pattern: /^\/api\/membership_status\/[^/]+\/$/, methods: GET, isAuthenticated: true },
  { pattern: /^\/api\/org_num_nodes\/[^/]+\/$/, methods: GET, isAuthenticated: true },
  { pattern: /^\/api\/org_ip_adr\/[^/]+\/$/, methods: GET, isAuthenticated: true },
  { pattern: /^\/api\/desired_org_num_nodes\/[^/]+\/[0-9]+\/$/, methods: PUT, isAuthenticated: true },
  { pattern: /^\/api\/desired_org_num_nodes_ttl\/[^/]+\/[0-9]+\/[0-9]+\/$/, methods: POST, isAuthenticated: true },
  { pattern: /^\/api\/org_config\/[^/]+\/[0-9]+\/[0-9]+\/$/, methods: PUT, isAuthenticated: true },
  { pattern: /^\/api\/remove_all_org_num_nodes_reqs\/[^/]+\/$/, methods: PUT, isAuthenticated: true },
  { pattern: /^\/api\/disable_provisioning\/$/, methods: PUT, isAuthenticated: true },
  { pattern: /^\/api\/schema\/((swagger-ui|redoc)\/)?$/, methods: GET, isAuthenticated: false },
  { pattern: /^\/api\/remove_user_org_num_nodes_reqs\/[^/]+\/$/, methods: PUT, isAuthenticated: true },
];

/** The old route this path belongs to, whatever the method. */
export function legacyRouteOf(path: string): LegacyRoute | null {
  return ROUTES.find(({ pattern }) => pattern.test(path)) ?? null;
}

/** Nest takes one trailing slash off every path; the old contract needs the one that is left. */
export function slashed(path: string): string {
  return `${path}//`;
}
