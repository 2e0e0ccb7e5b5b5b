/** What a layer may import: other layers, and packages by name ("any" for the outermost layers). */
export interface LayerRule {
  readonly layers: readonly string[];
  readonly packages: readonly string[] | 'any';
}

const GENERATED = 'contracts/generated';
const lib = (name: string): string => `libs/${name}`;

export const PURE = ['numeric', 'canonical', 'market', 'dlcm', 'governance', 'protocol'].map(lib);
export const EDGES = ['compute', 'persistence', 'chain', 'sources', 'queue', 'signer', 'platform'].map(lib);
const INNER = [...PURE, lib('application'), GENERATED];
const ALL_LIBS = [...INNER, ...EDGES];
const WITHOUT_SIGNER = ALL_LIBS.filter((layer) => layer !== lib('signer'));

/** The layer table of DESIGN.md as data. */
export const LAYERS: Readonly<Record<string, LayerRule>> = {
  [GENERATED]: { layers: [], packages: [] },
  [lib('numeric')]: { layers: [], packages: [] },
  [lib('canonical')]: { layers: [lib('numeric')], packages: ['@noble/hashes'] },
  [lib('market')]: { layers: ['numeric', 'canonical'].map(lib), packages: ['zod'] },
  [lib('dlcm')]: { layers: ['numeric', 'market'].map(lib), packages: [] },
  [lib('governance')]: { layers: ['numeric', 'canonical'].map(lib), packages: [] },
  [lib('protocol')]: { layers: [lib('canonical'), lib('governance'), GENERATED], packages: ['viem'] },
  [lib('application')]: { layers: PURE, packages: [] },
  [lib('compute')]: {
    layers: INNER,
    packages: ['piscina', 'node:worker_threads', 'node:os', 'node:url', 'node:fs'],
  },
  [lib('persistence')]: {
    layers: INNER,
    packages: [
      '@prisma',
      'pg',
      'pg-copy-streams',
      'node:crypto',
      'node:fs',
      'node:path',
      'node:stream',
      'node:url',
      'node:timers',
    ],
  },
  [lib('chain')]: {
    layers: INNER,
    packages: [
      'viem',
      'zod',
      'node:child_process',
      'node:fs',
      'node:module',
      'node:net',
      'node:os',
      'node:path',
      'node:url',
      'node:timers',
      'node:events',
      'node:process',
      'node:stream',
    ],
  },
  [lib('sources')]: {
    layers: [...INNER, lib('chain')],
    packages: ['viem', 'zod', 'csv-parse', 'node:fs', 'node:path', 'node:zlib', 'node:stream'],
  },
  [lib('queue')]: {
    layers: INNER,
    packages: [
      'bullmq',
      'pg',
      'ioredis',
      '@nestjs/bullmq',
      '@nestjs/common',
      'node:crypto',
      'node:timers',
      'node:events',
    ],
  },
  [lib('signer')]: {
    layers: INNER,
    packages: ['viem', 'zod', 'ox', '@noble', 'node:crypto', 'node:fs', 'node:path', 'node:util'],
  },
  [lib('platform')]: { layers: INNER, packages: 'any' },
  'apps/api': { layers: WITHOUT_SIGNER, packages: 'any' },
  'apps/worker': { layers: WITHOUT_SIGNER, packages: 'any' },
  'apps/relayer': { layers: ALL_LIBS.filter((layer) => layer !== lib('dlcm')), packages: 'any' },
  'apps/cosigner': {
    layers: ALL_LIBS.filter((layer) => layer !== lib('persistence') && layer !== lib('queue')),
    packages: 'any',
  },
  'apps/cli': { layers: WITHOUT_SIGNER, packages: 'any' },
  'apps/local': { layers: ALL_LIBS, packages: 'any' },
};

/** What must not be reachable at run time from each process. */
export const APPS: readonly { readonly app: string; readonly without: readonly string[] }[] = [
  {
    app: 'apps/api',
    without: [lib('signer'), 'apps/local', 'apps/worker', 'apps/relayer', 'apps/cosigner', 'apps/cli'],
  },
  {
    app: 'apps/worker',
    without: [lib('signer'), 'apps/local', 'apps/api', 'apps/relayer', 'apps/cosigner', 'apps/cli'],
  },
  {
    app: 'apps/relayer',
    without: [lib('dlcm'), 'apps/local', 'apps/api', 'apps/worker', 'apps/cosigner', 'apps/cli'],
  },
  {
    app: 'apps/cosigner',
    without: [
      lib('persistence'),
      lib('queue'),
      'apps/local',
      'apps/api',
      'apps/worker',
      'apps/relayer',
      'apps/cli',
    ],
  },
  {
    app: 'apps/cli',
    without: [
      lib('signer'),
      lib('persistence'),
      lib('queue'),
      'apps/local',
      'apps/api',
      'apps/worker',
      'apps/relayer',
      'apps/cosigner',
    ],
  },
  { app: 'apps/local', without: ['apps/api', 'apps/worker', 'apps/relayer', 'apps/cosigner', 'apps/cli'] },
];

/** Contracts of other protocols and their compilers: development only, licences partly restrict production use. */
export const PROTOCOL_PACKAGES = ['@uniswap/', '@aave-dao/', '@safe-global/', 'solc'];

/** Layer of a source file: libs/x, apps/x or contracts/generated. */
export function layerOf(file: string): string {
  return file.split('/').slice(0, 2).join('/');
}
