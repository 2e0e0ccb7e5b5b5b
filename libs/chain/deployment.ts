import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { getAddress, isAddress } from 'viem';
import { z } from 'zod';
import { ChainError } from './chain-error.js';

const address = z
  .string()
  .refine((text) => isAddress(text, { strict: false }), 'not an address (0x and 40 hex digits)')
  .transform((text) => getAddress(text));
const hash = z.custom<`0x${string}`>(
  (value) => typeof value === 'string' && /^0x[0-9a-f]{64}$/.test(value),
  'not a hash (0x and 64 lower-case hex digits)',
);
const count = z.number().int().nonnegative();
const block = z.strictObject({ number: count, hash });

const asset = z.strictObject({
  id: z.string().min(1),
  symbol: z.string().min(1),
  address,
  decimals: count.max(36),
  kind: z.enum(['native', 'stable', 'bridged', 'governance', 'nested']),
  /** Annual volatility against which dynamic haircuts are measured; 0 for stables. */
  sigmaRef: z.number().nonnegative(),
  /** Sensitivity of the log price to each shocked factor, by asset id. */
  beta: z.record(z.string(), z.number()),
});

const feed = z.strictObject({
  asset: z.string().min(1),
  address,
  decimals: count.max(36),
  latencySec: z.number().nonnegative(),
  heartbeatSec: z.number().positive().nullable(),
  /** Relative move that makes the feed push; null pushes at every change. */
  deviation: z.number().positive().nullable(),
});

const pool = z.strictObject({
  id: z.string().min(1),
  kind: z.literal('uniswapV3'),
  address,
  base: z.string().min(1),
  quote: z.string().min(1),
  baseIsToken0: z.boolean(),
  /** Fee of the pool in hundredths of a basis point, as Uniswap counts it (3000 = 0.3 %). */
  feePips: count,
  tickSpacing: z.number().int().positive(),
  /** Member whose loss the impermanent loss of this pool is. */
  owner: z.string().nullable(),
  fromBlock: count,
});

const lending = z.strictObject({
  id: z.string().min(1),
  kind: z.literal('aaveV3'),
  member: z.string().min(1),
  addressesProvider: address,
  pool: address,
  poolConfigurator: address,
  aclManager: address,
  oracle: address,
  dataProvider: address,
  reserves: z
    .array(
      z.strictObject({
        asset: z.string().min(1),
        underlying: address,
        aToken: address,
        variableDebtToken: address,
      }),
    )
    .min(1),
  eModes: z.array(count.min(1).max(255)),
  /** Who holds the market's insurance: its balance of the insured asset and of that asset's aToken pays for deficits first. */
  insurance: z.strictObject({ holder: address, asset: z.string().min(1) }).nullable(),
  fromBlock: count,
});

const optionMarket = z.strictObject({
  id: z.string().min(1),
  member: z.string().nullable(),
  asset: z.string().min(1),
  address,
  fromBlock: count,
});

const safe = z.strictObject({
  address,
  owners: z.array(address).min(1),
  threshold: z.number().int().positive(),
});

/** Where everything of one deployment lives. Written by the deployer, read by every process; the only thing that ties processes to a chain. */
export const deploymentSchema = z
  .strictObject({
    format: z.literal('srd-deployment/1'),
    chainId: z.number().int().positive(),
    /** The block after which the deployment is complete; another hash at this height means another world. */
    deployBlock: block,
    blockTimeSec: z.number().positive(),
    members: z.array(z.string().min(1)).min(1),
    assets: z.array(asset).min(1),
    feeds: z.array(feed),
    pools: z.array(pool).min(1),
    lending: z.array(lending),
    optionMarkets: z.array(optionMarket),
    contracts: z.strictObject({
      accessManager: address,
      evaluationRegistry: address,
      marginGuard: address,
      aaveMarginAdapter: address,
      backstopVault: address,
      openExecutor: address,
      coalitionToken: address,
      /** Measures a member's debt for the vault. */
      aaveDebtMeter: address,
      /** Lets anyone liquidate with the vault's own payment. */
      liquidationFiller: address,
      multiSendCallOnly: address,
    }),
    safes: z.strictObject({ responder: safe, council: safe }),
    safeGuards: z.strictObject({ responder: address, council: address }),
    attesters: z.strictObject({ signers: z.array(address).min(1), threshold: z.number().int().positive() }),
    /** Facilities of the venues that agents and readers call. */
    uniswap: z.strictObject({
      factory: address,
      quoter: address,
      swapRouter: address,
      positionManager: address,
    }),
  })
  .superRefine((deployment, context) => {
    const known = new Set(deployment.assets.map(({ id }) => id));
    const named = [
      ...deployment.feeds.map(({ asset: id }, i) => [id, ['feeds', i, 'asset']] as const),
      ...deployment.pools.flatMap(({ base, quote }, i) => [
        [base, ['pools', i, 'base']] as const,
        [quote, ['pools', i, 'quote']] as const,
      ]),
      ...deployment.lending.flatMap(({ reserves }, i) =>
        reserves.map(({ asset: id }, j) => [id, ['lending', i, 'reserves', j, 'asset']] as const),
      ),
      ...deployment.optionMarkets.map(({ asset: id }, i) => [id, ['optionMarkets', i, 'asset']] as const),
    ];
    for (const [id, path] of named)
      if (!known.has(id))
        context.addIssue({ code: 'custom', path: [...path], message: `asset "${id}" is not in assets[]` });
    for (const role of ['responder', 'council'] as const) {
      const { owners, threshold } = deployment.safes[role];
      if (threshold > owners.length)
        context.addIssue({
          code: 'custom',
          path: ['safes', role, 'threshold'],
          message: `threshold ${threshold} exceeds the ${owners.length} owners`,
        });
    }
  });

export type Deployment = z.infer<typeof deploymentSchema>;

/** Throws `CHN-303` with every bad field: its path, what stands there, what is accepted. */
export function parseDeployment(json: unknown, origin = 'deployment'): Deployment {
  const parsed = deploymentSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(
    ({ path, message }) => `${path.join('.') || '(root)'} = ${stated(json, path)}: ${message}`,
  );
  throw new ChainError(
    'CHN-303',
    `${origin} is not a deployment file (srd-deployment/1):\n  ${faults.join('\n  ')}`,
    { faults },
  );
}

function stated(json: unknown, path: readonly PropertyKey[]): string {
  const value = path.reduce<unknown>(
    (at, key) =>
      typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined,
    json,
  );
  return value === undefined ? '(absent)' : JSON.stringify(value).slice(0, 80);
}

export function readDeployment(file: string): Deployment {
  return parseDeployment(parsedJson(file), file);
}

function parsedJson(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new ChainError(
      'CHN-301',
      `The deployment file ${file} cannot be read. Live mode needs one; "npm start" without RPC_URLS writes its own.`,
      { file },
      { cause },
    );
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ChainError(
      'CHN-302',
      `The deployment file ${file} is not JSON. Restore it, or deploy again.`,
      { file },
      { cause },
    );
  }
}

/** Written beside and renamed, so that a reader never sees half a file. */
export function writeDeployment(file: string, deployment: Deployment): void {
  const checked = parseDeployment(deployment, file);
  writeFileSync(`${file}.new`, `${JSON.stringify(checked, null, 2)}\n`, { mode: 0o644 });
  renameSync(`${file}.new`, file);
}
