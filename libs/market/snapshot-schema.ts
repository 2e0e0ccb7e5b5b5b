import { z } from 'zod';
import type { Snapshot } from './snapshot.js';

/** Longest identifier in characters; four of them and the numbers of a row fit a leaf of 512 bytes. */
export const MAX_ID_LENGTH = 80;
/** Longest free text (origin of an input) in characters. */
export const MAX_TEXT_LENGTH = 200;

const id = z
  .string()
  .regex(
    /^[A-Za-z0-9][\x21-\x7e]{0,79}$/,
    `an identifier of 1 to ${MAX_ID_LENGTH} printable ASCII characters without spaces, starting with a letter or digit`,
  );
const text = z.string().regex(/^[\x20-\x7e]{1,200}$/, `1 to ${MAX_TEXT_LENGTH} printable ASCII characters`);
const finite = z.number();
const positive = z.number().positive();
const nonNegative = z.number().nonnegative();
const fraction = z.number().min(0).max(1);
const belowOne = z.number().min(0).lt(1);
const seconds = z.number().nonnegative();
const wholeSeconds = z.int().nonnegative();
const digest = z.templateLiteral(['0x', z.string().regex(/^[0-9a-f]{64}$/)]);
/** A key that Zod's record drops without a word; a debt must not vanish that way. */
const noPrototypeKey = z
  .unknown()
  .refine((value) => typeof value !== 'object' || value === null || !Object.hasOwn(value, '__proto__'), {
    message: 'identifiers as keys, not "__proto__"',
    abort: true,
  });
const recordOf = (value: z.ZodNumber) => noPrototypeKey.pipe(z.record(id, value));
const amounts = recordOf(nonNegative);
const level = z.strictObject({ price: positive, size: positive });

const provenance = z.strictObject({
  t0: wholeSeconds,
  blocks: z.array(
    z.strictObject({
      chain: id,
      number: z.int().nonnegative(),
      hash: digest,
      parentHash: digest,
    }),
  ),
  sources: z.array(text),
});

const asset = z.strictObject({
  id,
  spot: positive,
  kind: z.enum(['native', 'stable', 'bridged', 'governance', 'nested']),
  beta: recordOf(finite),
  rate: finite,
  yield: finite,
  circulating: positive.nullable(),
  sigmaRef: nonNegative,
});

const slice = z.strictObject({
  expirySec: positive,
  forward: positive,
  model: z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('svi'),
      a: finite,
      b: nonNegative,
      rho: z.number().gt(-1).lt(1),
      m: finite,
      sigma: positive,
    }),
    z.strictObject({
      kind: z.literal('sabr'),
      alpha: positive,
      beta: fraction,
      nu: nonNegative,
      rho: z.number().gt(-1).lt(1),
    }),
    z.strictObject({
      kind: z.literal('grid'),
      points: z.array(z.strictObject({ strike: positive, iv: positive })).min(1),
    }),
  ]),
});

const poolFace = { id, chain: id, base: id, quote: id, fee: belowOne, owner: id.nullable() };
const pool = z.discriminatedUnion('kind', [
  z.strictObject({
    ...poolFace,
    kind: z.literal('constantProduct'),
    reserveBase: positive,
    reserveQuote: positive,
  }),
  z.strictObject({
    ...poolFace,
    kind: z.literal('concentrated'),
    price: positive,
    ranges: z.array(z.strictObject({ priceLower: positive, priceUpper: positive, liquidity: nonNegative })),
  }),
  z.strictObject({
    ...poolFace,
    kind: z.literal('stableSwap'),
    amplification: positive,
    coins: z.array(z.strictObject({ asset: id, balance: positive, rate: positive })).min(2),
  }),
  z.strictObject({
    ...poolFace,
    kind: z.literal('orderBook'),
    mid: positive,
    bids: z.array(level),
    asks: z.array(level),
    refillPerTick: fraction,
  }),
]);

const lending = z.strictObject({
  id,
  chain: id,
  member: id,
  oracle: z.strictObject({
    latencySec: seconds,
    twapSec: seconds,
    heartbeatSec: positive.nullable(),
    deviation: positive.nullable(),
  }),
  closeFactor: z.strictObject({
    normal: z.number().gt(0).max(1),
    full: z.number().gt(0).max(1),
    fullBelowHf: nonNegative,
  }),
  dustUsd: nonNegative,
  minLeftoverUsd: nonNegative,
  liquidationDelaySec: seconds,
  insuranceUsd: nonNegative,
  safetyModule: z.strictObject({ token: id, amount: nonNegative, slashable: fraction }).nullable(),
  markets: z.array(
    z.strictObject({
      asset: id,
      ltv: belowOne,
      lt: belowOne,
      bonus: nonNegative,
      protocolFee: fraction,
      haircut: z.strictObject({ eta: nonNegative, floor: belowOne, intervalSec: positive }).nullable(),
    }),
  ),
  eModes: z.array(
    z.strictObject({ id, ltv: belowOne, lt: belowOne, bonus: nonNegative, collateral: z.array(id) }),
  ),
  positions: z.array(
    z.strictObject({
      id,
      collateral: amounts,
      debt: amounts,
      eMode: id.nullable(),
      topUp: z.strictObject({ chain: id, asset: id, amount: positive, ifHfBelow: positive }).nullable(),
    }),
  ),
});

const perp = z.strictObject({
  id,
  chain: id,
  member: id,
  asset: id,
  mark: positive,
  index: positive,
  funding8h: finite,
  longOi: nonNegative,
  shortOi: nonNegative,
  bids: z.array(level),
  asks: z.array(level),
  mmr: belowOne,
  insuranceUsd: nonNegative,
  accounts: z.array(z.strictObject({ id, quantity: finite, entry: positive, margin: finite })),
});

const book = z.strictObject({
  id,
  member: id.nullable(),
  chain: id,
  asset: id,
  kind: z.enum(['marketMaker', 'vault']),
  spotShare: fraction,
  perpShare: fraction,
  bandDelta: nonNegative,
  rebalanceTo: z.enum(['zero', 'edge']),
  hedge: finite.nullable(),
  hedged: z.boolean(),
  collateral: amounts,
  options: z.array(
    z.strictObject({
      id,
      type: z.enum(['C', 'P']),
      strike: positive,
      expirySec: seconds,
      iv: positive.nullable(),
      surface: id.nullable(),
      quantity: finite,
    }),
  ),
});

const formula = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('lst'),
    underlying: id,
    redemptionRate: positive,
    discountPool: id.nullable(),
  }),
  z.strictObject({ kind: z.literal('lp'), pool: id, supply: positive }),
  z.strictObject({ kind: z.literal('receipt'), protocol: id, asset: id, exchangeRate: positive }),
  z.strictObject({ kind: z.literal('vaultShare'), book: id, supply: positive }),
  z.strictObject({ kind: z.literal('basket'), backing: amounts }),
]);

/** Shape of `dlcm-snapshot/1`: strict objects, finite numbers, signs and ranges. Relations between parts are checked apart. */
export const snapshotSchema = z.strictObject({
  format: z.literal('dlcm-snapshot/1'),
  provenance,
  assets: z.array(asset).min(1),
  surfaces: z.array(z.strictObject({ id, asset: id, slices: z.array(slice).min(1) })),
  pools: z.array(pool),
  lending: z.array(lending),
  perps: z.array(perp),
  books: z.array(book),
  nested: z.array(z.strictObject({ token: id, formula })),
  chains: z
    .array(
      z.strictObject({
        id,
        blockTimeSec: positive,
        finalitySec: seconds,
        liquidationCapacityUsdPerBlock: positive.nullable(),
      }),
    )
    .min(1),
  bridges: z.array(
    z.strictObject({
      id,
      from: id,
      to: id,
      assets: z.array(id),
      latencySec: seconds,
      failsAtSec: seconds.nullable(),
      depeg: fraction,
    }),
  ),
  funds: z.array(z.strictObject({ id, usd: nonNegative, covers: z.array(id) })),
  governanceTokens: z.array(z.strictObject({ id, pool: id, staked: nonNegative, slashFraction: fraction })),
  dao: z.strictObject({ backstopUsd: nonNegative, members: z.array(id) }),
}) satisfies z.ZodType<Snapshot>;
