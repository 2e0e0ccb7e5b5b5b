import { DEFAULT_PARAMETERS, dlcmRun, scenarioOf } from '#libs/dlcm/index';
import { checkEvidence, readEvidence } from '#libs/sources/index';
import type { PlayedCase, ShockNumbers } from '../story/act-played-shock.js';
import type { Evidence, Outcome } from './checks.js';

/**
 * Stated tolerance of the played shock: the final price within 5 %; liquidated collateral and bad debt within a quarter of
 * the larger figure, or within 1 % of all debt when both are small. The chain trades in whole transactions and integer
 * amounts, the model in rounds of one batch; a cascade amplifies the difference.
 */
export const TOLERANCE = { price: 0.05, relative: 0.25, ofDebt: 0.01 } as const;

export async function playedAsPredicted({ claims }: Evidence): Promise<Outcome> {
  const { asset, size, cases } = claims.played;
  const faults: string[] = [];
  for (const one of cases) {
    const snapshot = checkEvidence(await readEvidence(`${claims.apiUrl}/v1/evaluations/${one.evaluation}`));
    const run = dlcmRun({ snapshot, scenario: scenarioOf(DEFAULT_PARAMETERS, asset, size) });
    const own = {
      liquidatedUsd: run.totalValueLiquidatedUsd,
      badDebtUsd: run.badDebtUsd + run.latentBadDebtUsd,
      finalPrice: run.finalPrice[asset] ?? 0,
    };
    const price = new Map(snapshot.assets.map(({ id, spot }) => [id, spot]));
    const owed = snapshot.lending.flatMap(({ positions }) =>
      positions.flatMap(({ debt }) =>
        Object.entries(debt).map(([id, units]) => units * (price.get(id) ?? 0)),
      ),
    );
    faults.push(...faultsOf(one, { own, allDebtUsd: owed.reduce((sum, value) => sum + value, 0) }));
  }
  return {
    holds: cases.length === 2 && faults.length === 0,
    found:
      faults.length === 0
        ? `${cases.length} forks within ${TOLERANCE.price * 100} % of price and ${TOLERANCE.relative * 100} % of volume`
        : faults.join('; '),
  };
}

type Compared = Pick<ShockNumbers, 'liquidatedUsd' | 'badDebtUsd' | 'finalPrice'>;

function faultsOf(
  { label, realised }: PlayedCase,
  { own, allDebtUsd }: { readonly own: Compared; readonly allDebtUsd: number },
): string[] {
  const far = (a: number, b: number): boolean =>
    Math.abs(a - b) > Math.max(TOLERANCE.relative * Math.max(a, b), TOLERANCE.ofDebt * allDebtUsd);
  const faults: string[] = [];
  if (Math.abs(realised.finalPrice / own.finalPrice - 1) > TOLERANCE.price)
    faults.push(
      `${label}: price ${own.finalPrice.toFixed(2)} predicted, ${realised.finalPrice.toFixed(2)} realised`,
    );
  for (const field of ['liquidatedUsd', 'badDebtUsd'] as const)
    if (far(own[field], realised[field]))
      faults.push(
        `${label}: ${field} ${own[field].toFixed(0)} predicted, ${realised[field].toFixed(0)} realised`,
      );
  return faults;
}
