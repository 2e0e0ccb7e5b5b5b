import {
  DEFAULT_PARAMETERS,
  dlcmRun,
  scenarioOf,
  ssfThreshold,
  type Scenario,
  type StandingBid,
} from '#libs/dlcm/index';
import type { Snapshot } from '#libs/market/index';
import { aFund, aLendingMarket, aLendingProtocol, aPool, aPosition, aSnapshot } from './builders.js';

/** A system small enough to be written in one line: one pool, one protocol, a few accounts, ETH at 2,000 USD. */
export interface SmallCase {
  /** ETH in a constant product pool with 2,000 times as many dollars. */
  readonly depth: number;
  readonly accounts: readonly (readonly [eth: number, debtUsd: number])[];
  readonly lt: number;
  readonly bonus: number;
  readonly closeFactor: number;
  readonly latencySec: number;
  readonly shock: number;
  /** An instant fall, or ten ticks of 12 s with the exponential front. */
  readonly path: 'jump' | 'exp';
  readonly poolOwner?: string;
  readonly fundUsd?: number;
  readonly bidUsd?: number;
}

/** A pair of runs that a reader would expect the other way round. */
export interface Surprise {
  readonly title: string;
  readonly expected: string;
  readonly why: string;
  readonly base: SmallCase;
  readonly change: Partial<SmallCase>;
  /** `lossUsd` is bad debt and latent bad debt; `impermanentLossUsd` the loss of the pool against holding. */
  readonly measure: 'lossUsd' | 'impermanentLossUsd';
  /** What the change really does to the measure. */
  readonly effect: 'raises' | 'lowers';
}

const one = { closeFactor: 1, latencySec: 0, path: 'exp' } as const;

export const SURPRISES: readonly Surprise[] = [
  {
    title: 'A larger shock can cost less',
    expected: 'a fall of 45 % costs at least what a fall of 44 % costs',
    why: 'The shock decides at which tick, and so at which price, the account is sold. A little more shock can trigger it a tick earlier, near its threshold, where the collateral still covers the debt.',
    base: { ...one, depth: 2000, accounts: [[220, 319_000]], lt: 0.85, bonus: 0.1, shock: 0.44 },
    change: { shock: 0.45 },
    measure: 'lossUsd',
    effect: 'lowers',
  },
  {
    title: 'A deeper pool can raise the loss',
    expected: 'a quarter more liquidity absorbs the sales better',
    why: 'The first sale moves the deeper pool less, so the second account stays healthy in that tick and is sold a tick later, after the shock has gone on.',
    base: {
      ...one,
      depth: 1000,
      accounts: [
        [30, 45_000],
        [130, 184_000],
      ],
      lt: 0.85,
      bonus: 0.08,
      shock: 0.4,
    },
    change: { depth: 1250 },
    measure: 'lossUsd',
    effect: 'raises',
  },
  {
    title: 'A lower liquidation threshold can raise the loss',
    expected: 'tightening margins makes the book safer',
    why: 'The account survives the fall at the old threshold. The new one makes it sell into the fall, into a pool too thin for it. Tightening helps when accounts repay before the shock; without that it is pro-cyclical.',
    base: { ...one, path: 'jump', depth: 500, accounts: [[300, 470_000]], lt: 0.9, bonus: 0.08, shock: 0.12 },
    change: { lt: 0.88 },
    measure: 'lossUsd',
    effect: 'raises',
  },
  {
    title: 'A slower oracle can lower the loss',
    expected: 'a later price means later and worse liquidations',
    why: 'With a prompt oracle every round of sales lowers the price at which the next collateral is handed over, and the account is emptied at the bottom of its own cascade. The late oracle hands it over at the price before the cascade: the liquidators get less for their money, the lender loses less.',
    base: {
      ...one,
      closeFactor: 0.5,
      depth: 5000,
      accounts: [[190, 332_000]],
      lt: 0.9,
      bonus: 0.1,
      shock: 0.08,
    },
    change: { latencySec: 12 },
    measure: 'lossUsd',
    effect: 'lowers',
  },
  {
    title: 'A slower oracle can raise the loss',
    expected: 'nothing, if one has just learnt that it lowers it',
    why: 'This is the usual direction: the stale price is a limit at which nobody can sell, so the sales wait while the market falls on. Both directions exist, so neither may be asserted.',
    base: {
      ...one,
      closeFactor: 0.5,
      depth: 1000,
      accounts: [[150, 220_000]],
      lt: 0.8,
      bonus: 0.05,
      shock: 0.45,
    },
    change: { latencySec: 12 },
    measure: 'lossUsd',
    effect: 'raises',
  },
  {
    title: 'Liquidating whole accounts at once can cost more than half of them',
    expected: 'the sooner a bad account is closed, the better',
    why: 'Closing the small account in full sells twice the collateral; the price impact stays and pulls the large account under, later in the fall.',
    base: {
      ...one,
      closeFactor: 0.5,
      depth: 500,
      accounts: [
        [20, 30_000],
        [230, 291_000],
      ],
      lt: 0.8,
      bonus: 0.08,
      shock: 0.16,
    },
    change: { closeFactor: 1 },
    measure: 'lossUsd',
    effect: 'raises',
  },
  {
    title: 'One more leveraged account can lower the loss',
    expected: 'more leverage in the system, more loss',
    why: 'The additional account is liquidated first, pushes the price down early and so brings the large account to its liquidation a tick sooner, at a better price than it would have got later. Searches over a few hundred systems found no such case; it takes some thousands.',
    base: {
      ...one,
      closeFactor: 0.5,
      depth: 5000,
      accounts: [[300, 467_000]],
      lt: 0.9,
      bonus: 0.05,
      shock: 0.37,
    },
    change: {
      accounts: [
        [300, 467_000],
        [100, 171_000],
      ],
    },
    measure: 'lossUsd',
    effect: 'lowers',
  },
  {
    title: 'More money for the buyer of last resort can raise the loss',
    expected: 'the larger the budget that buys seized collateral, the better',
    why: 'The larger purchase makes the account healthy again for one tick. The small one does not, and the rest is sold at once, near the threshold; after the large one it is sold a tick later, in a lower market. A budget must be searched, not scaled.',
    base: {
      ...one,
      depth: 1000,
      accounts: [[220, 313_000]],
      lt: 0.8,
      bonus: 0.08,
      shock: 0.38,
      bidUsd: 20_000,
    },
    change: { bidUsd: 50_000 },
    measure: 'lossUsd',
    effect: 'raises',
  },
  {
    title: 'A deeper pool loses more to arbitrage',
    expected: 'depth protects liquidity providers too',
    why: 'Impermanent loss is a share of what is in the pool: x0 p0 (1 - sqrt(1 - s))^2. Twice the pool, twice the loss. A member that deepens its own pool deepens its own loss under the seed basis.',
    base: { ...one, depth: 1000, accounts: [], lt: 0.8, bonus: 0.05, shock: 0.4, poolOwner: 'aave-local' },
    change: { depth: 2000 },
    measure: 'impermanentLossUsd',
    effect: 'raises',
  },
];

/** The system of the first surprise with 10,000 USD behind it: it fails, is safe again, and fails once more. */
const ISLAND: SmallCase = { ...SURPRISES[0]!.base, fundUsd: 10_000 };

export function snapshotOf(small: SmallCase): Snapshot {
  return aSnapshot({
    pools: [
      aPool({ reserveBase: small.depth, reserveQuote: 2000 * small.depth, owner: small.poolOwner ?? null }),
    ],
    lending: [
      aLendingProtocol({
        oracle: { latencySec: small.latencySec, twapSec: 0, heartbeatSec: null, deviation: null },
        dustUsd: 0,
        minLeftoverUsd: 0,
        closeFactor: { normal: small.closeFactor, full: 1, fullBelowHf: 0.95 },
        markets: [aLendingMarket({ lt: small.lt, ltv: small.lt - 0.05, bonus: small.bonus })],
        positions: small.accounts.map(([eth, debt], i) =>
          aPosition({ id: `account-${i + 1}`, collateral: { ETH: eth }, debt: { USDC: debt } }),
        ),
      }),
    ],
    funds: [aFund({ usd: small.fundUsd ?? 0 })],
  });
}

export function scenarioFor({ shock, path, bidUsd }: SmallCase): Scenario {
  const bid: Omit<StandingBid, 'budgetUsd'> = {
    asset: 'ETH',
    protocol: 'aave',
    discount: 0.01,
    maxUsdPerTick: 1e9,
  };
  return {
    ...scenarioOf(DEFAULT_PARAMETERS, 'ETH', shock),
    level: 'v2',
    path:
      path === 'jump'
        ? { shape: 'jump', durationSec: 12, stepSec: 12 }
        : { shape: 'exp', durationSec: 120, stepSec: 12 },
    standingBids: bidUsd === undefined ? [] : [{ ...bid, budgetUsd: bidUsd }],
  };
}

/** Both runs of a surprise. */
export function played({ base, change, measure }: Surprise) {
  const runs = [base, { ...base, ...change }].map((small) =>
    dlcmRun({ snapshot: snapshotOf(small), scenario: scenarioFor(small) }),
  );
  const [before, after] = runs.map((run) =>
    measure === 'lossUsd'
      ? run.badDebtUsd + run.latentBadDebtUsd
      : run.solvency.members.reduce((sum, member) => sum + member.impermanentLossUsd, 0),
  );
  return { before: before!, after: after!, statuses: runs.map((run) => run.status) };
}

/** Where the island system fails, the first crossing, and what plain bisection of the whole range would say. */
export function playedIsland() {
  const snapshot = snapshotOf(ISLAND);
  const scenario = scenarioFor(ISLAND);
  const search = { ...DEFAULT_PARAMETERS.search, certify: true };
  const outcome = ssfThreshold({ snapshot, scenario, search });
  if (outcome.status !== 'found') throw new Error(`the island system is ${outcome.status}`);
  const fails = (size: number): boolean =>
    dlcmRun({ snapshot, scenario: { ...scenario, shock: { ...scenario.shock, size } } }).solvency.failing;
  let [safe, failing] = [0, search.maxShock];
  while (failing - safe > search.tolerance) {
    const middle = (safe + failing) / 2;
    if (fails(middle)) failing = middle;
    else safe = middle;
  }
  const runs = outcome.scan.filter((point, i) => point.failing !== (outcome.scan[i - 1]?.failing ?? false));
  return {
    threshold: outcome.threshold,
    monotone: outcome.monotone,
    bisected: failing,
    turns: runs.map((p) => p.shock),
  };
}

const usd = (value: number): string => Math.round(value).toLocaleString('en-US');
const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;

function described(small: SmallCase): string {
  const accounts = small.accounts.map(([eth, debt]) => `${eth} ETH against ${usd(debt)} USD`).join(', ');
  const parts = [
    `pool of ${usd(small.depth)} ETH`,
    accounts === '' ? 'no accounts' : accounts,
    `threshold ${small.lt}, bonus ${small.bonus}, close factor ${small.closeFactor}`,
    `oracle ${small.latencySec} s late`,
    small.path === 'jump'
      ? `fall of ${percent(small.shock)} at once`
      : `fall of ${percent(small.shock)} in 120 s`,
    ...(small.fundUsd === undefined ? [] : [`${usd(small.fundUsd)} USD of fund`]),
    ...(small.bidUsd === undefined
      ? []
      : [`standing bid of ${usd(small.bidUsd)} USD at 1 % below the oracle`]),
  ];
  return parts.join('; ');
}

const CHANGES: { readonly [Field in keyof SmallCase]?: string } = {
  depth: 'pool depth',
  lt: 'liquidation threshold',
  latencySec: 'oracle latency',
  closeFactor: 'close factor',
  shock: 'shock',
  bidUsd: 'standing bid',
  accounts: 'accounts',
};

function changeText({ base, change }: Surprise): string {
  return Object.keys(change)
    .map((field) => {
      const key = field as keyof SmallCase;
      const text = (value: SmallCase[keyof SmallCase]): string =>
        Array.isArray(value) ? `${value.length}` : `${value ?? 'none'}`;
      return `${CHANGES[key]} ${text(base[key])} -> ${text(change[key])}`;
    })
    .join(', ');
}

/** The page docs/model/how-this-can-surprise-you.md, every number from a run. */
export function surprisePage(): string {
  const island = playedIsland();
  const sections = SURPRISES.map((surprise) => {
    const { before, after } = played(surprise);
    const name = surprise.measure === 'lossUsd' ? 'bad debt' : 'impermanent loss';
    return [
      `## ${surprise.title}`,
      `One expects: ${surprise.expected}.`,
      `System: ${described(surprise.base)}.`,
      `Change: ${changeText(surprise)}. The ${name} goes from **${usd(before)} USD to ${usd(after)} USD**.`,
      surprise.why,
    ].join('\n\n');
  });
  return `${[
    '# How this model can surprise you',
    'Each line below is a statement that one would like to rely on and that is false. None of them is asserted anywhere in the tests; here a small system shows each going wrong. The numbers are runs of the engine: `node scripts/surprises.mjs` writes this page and a test compares it with fresh runs. Bad debt is realised and latent bad debt together; ETH starts at 2,000 USD.',
    'The practical rule that follows: **no intervention is proposed from an argument**. Every candidate is run again, at every scan point up to the target, and so is one a tolerance smaller.',
    ...sections,
    '## Bisection finds a threshold that is far too high',
    `The system of the first section with 10,000 USD behind it (${described(ISLAND)}, over all shocks) turns between safe and failing ${island.turns.length} times on the scan, at ${island.turns.map(percent).join(', ')}. The first crossing is at **${percent(island.threshold)}**. Bisection of [0, 95 %] would have reported **${percent(island.bisected)}**, a shock almost twice as large. The search therefore scans upwards and bisects only inside the first failing step; \`monotone: false\` in a certified evaluation says that such turns were seen. An island narrower than the scan step can still hide: the threshold is the first crossing *at the stated resolution*.`,
  ].join('\n\n')}\n`;
}
