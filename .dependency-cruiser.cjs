/**
 * The import matrix of docs/architecture.md as rules. A module may import only what its row lists, and another module
 * only through its public files.
 */
const MATRIX = {
  common: [],
  config: ['common'],
  database: ['common', 'config'],
  settings: ['common', 'config', 'database'],
  audit: ['common', 'database'],
  throttling: ['common', 'config', 'database'],
  mail: ['common', 'config', 'database'],
  github: ['common', 'config'],
  users: ['common', 'config', 'database', 'throttling', 'mail'],
  catalogue: ['common', 'config', 'database'],
  organizations: ['common', 'config', 'database', 'throttling', 'mail', 'users', 'catalogue'],
  auth: ['common', 'config', 'database', 'throttling', 'github', 'users', 'organizations'],
  credentials: ['common', 'config', 'database'],
  aws: ['common', 'config', 'credentials'],
  provisioning: ['common', 'config', 'database', 'settings', 'credentials', 'aws'],
  clusters: [
    'common',
    'config',
    'database',
    'settings',
    'users',
    'organizations',
    'provisioning',
    'credentials',
    'aws',
  ],
  costs: ['common', 'config', 'database', 'organizations', 'clusters', 'credentials'],
  capacity: ['common', 'config', 'database', 'users', 'organizations', 'clusters', 'costs'],
  overview: [
    'common',
    'config',
    'database',
    'users',
    'catalogue',
    'organizations',
    'provisioning',
    'clusters',
    'costs',
    'capacity',
  ],
  accounts: ['common', 'config', 'database', 'throttling', 'mail', 'users', 'organizations', 'auth', 'capacity'],
  'legacy-import': ['common', 'config', 'database', 'users', 'catalogue', 'organizations'],
  operations: [
    'common',
    'config',
    'database',
    'throttling',
    'users',
    'organizations',
    'clusters',
    'credentials',
    'aws',
    'provisioning',
  ],
};
const FEATURES = [
  'settings',
  'audit',
  'throttling',
  'mail',
  'github',
  'users',
  'catalogue',
  'organizations',
  'auth',
  'credentials',
  'aws',
  'provisioning',
  'clusters',
  'costs',
  'capacity',
  'overview',
  'accounts',
  'legacy-import',
  'operations',
];
const ADAPTERS = ['admin', 'cli', 'legacy-api'];
const PUBLIC_FILE = '\\.(module|service|types|errors|events)\\.ts$';
const any = (names) => `^src/(${names.join('|')})/`;

const matrixRules = Object.entries(MATRIX).map(([module, allowed]) => ({
  name: `matrix-${module}`,
  comment: `src/${module} may import only: ${allowed.join(', ') || 'nothing in src'}`,
  severity: 'error',
  from: { path: `^src/${module}/` },
  to: { path: '^src/', pathNot: any([module, ...allowed]) },
}));

const publicFileRules = [...FEATURES, ...ADAPTERS].map((module) => ({
  name: `public-files-of-${module}`,
  comment: `outside src/${module} only its *.module, *.service, *.types, *.errors and *.events files may be imported`,
  severity: 'error',
  from: { path: '^(src|test|migrations)/', pathNot: [`^src/${module}/`, '^src/(app|entrypoints)/', '^test/'] },
  to: { path: `^src/${module}/`, pathNot: PUBLIC_FILE },
}));

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-barrels', severity: 'error', from: {}, to: { path: '^(src|cdktf)/.*index\\.ts$' } },
    ...matrixRules,
    ...publicFileRules,
    {
      name: 'adapters-stay-outside',
      comment: 'admin, cli and legacy-api are edges: only app and entrypoints know them',
      severity: 'error',
      from: { path: '^src/', pathNot: any([...ADAPTERS, 'app', 'entrypoints']) },
      to: { path: any([...ADAPTERS, 'app', 'entrypoints']) },
    },
    {
      name: 'cdktf-is-independent',
      comment: 'cluster definitions know the cdktf packages and zod only, never the service',
      severity: 'error',
      from: { path: '^cdktf/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^(src|migrations|test)/' },
    },
    {
      name: 'cdktf-behind-one-port',
      comment: 'only the targets of provisioning reach cluster definitions, and only deployments that of the service',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/provisioning/targets/', '^src/operations/deployment/', '\\.spec\\.ts$'] },
      to: { path: '^(cdktf/|node_modules/cdktf|node_modules/@cdktf)' },
    },
    {
      name: 'no-test-code-in-production',
      severity: 'error',
      from: { path: '^(src|cdktf|migrations)/', pathNot: '\\.spec\\.ts$' },
      to: { path: '(^test/|\\.spec\\.ts$)' },
    },
    {
      name: 'only-repositories-use-typeorm',
      comment:
        'services and controllers talk to repositories; entities, migrations and src/database are the rest of the TypeORM users',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: ['\\.(repository|entity|module|spec)\\.ts$', '^src/database/'],
      },
      to: { path: 'node_modules/(typeorm|@nestjs/typeorm)/', dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { extensions: ['.ts', '.js'] },
  },
};
