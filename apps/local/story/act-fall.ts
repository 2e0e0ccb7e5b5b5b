import type { Artefact } from '#libs/application/index';
import { playFall } from '../play/play-fall.js';
import { DEFAULT_PLAN } from '../plan/default-plan.js';
import { usd } from './lines.js';
import { expected, type Stage } from './stage.js';

export interface Breached {
  readonly breach: Artefact<'breach'>;
  readonly evaluation: Artefact<'evaluation'>;
}

/** The seeded fall; the price watch asks for captures by itself, and two runs below the safety level are a breach. */
export async function actFall(stage: Stage): Promise<Breached> {
  const { ground, narrator, say, store } = stage;
  const plan = ground.world?.plan ?? DEFAULT_PLAN;
  say(
    'act 2',
    `a fall of ${(plan.fall.size * 100).toFixed(0)} % in ${plan.fall.asset} over ${plan.fall.durationSec / 60} min of chain time, with hedger, feeds and liquidators at work`,
  );
  const played = await playFall({
    rpcUrl: ground.rpcUrl,
    deployment: ground.deployment,
    seed: ground.seed,
    plan,
  });
  const prices = Object.entries(played.finalPrices).map(([asset, price]) => `${asset} ${price.toFixed(2)}`);
  say(
    'market',
    `${prices.join(', ')}; ${played.liquidations} liquidations (${usd(played.liquidatedUsd)}), bad debt ${usd(played.badDebtUsd)}`,
  );
  const breach = await expected(
    'a breach',
    narrator.awaited('breach', () => true),
  );
  const evaluation = await expected(
    'its evaluation',
    store.transaction((tx) => tx.get('evaluation', breach.body.evaluation)),
  );
  return { breach, evaluation };
}
