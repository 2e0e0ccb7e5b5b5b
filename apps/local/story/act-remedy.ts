import type { Artefact } from '#libs/application/index';
import { repayAhead } from '../agents/attentive-borrowers.js';
import { DEFAULT_PLAN } from '../plan/default-plan.js';
import type { Breached } from './act-fall.js';
import { usd } from './lines.js';
import { expected, type Stage } from './stage.js';
import { chainNow, passTime } from './time.js';

export interface Remedied {
  readonly proposals: readonly Artefact<'proposal'>[];
  readonly effects: readonly Artefact<'effect'>[];
  readonly reports: readonly Artefact<'report'>[];
}

const RAMP_STEPS = 4;
const PATIENCE_MS = 240_000;

/** The fast path: remedy, proposals, co-signed transactions, effects read back, the ramp with borrowers who repay, and the next evaluation. */
export async function actRemedy(stage: Stage, { breach }: Breached): Promise<Remedied> {
  const { narrator, say, store } = stage;
  say(
    'act 3',
    'the smallest remedy inside the on-chain budgets is searched, simulated, authorised, co-signed and sent',
  );
  const remedy = await expected(
    'a remedy',
    narrator.awaited('remedy', ({ body }) => body.breach === breach.id, PATIENCE_MS),
  );
  const actions = remedy.body.actions.length;
  const proposals = await expected(
    'the proposals of the remedy',
    narrator.awaitedAll(
      'proposal',
      ({ body }) => body.remedy === remedy.id && body.ratifies === null,
      actions,
      PATIENCE_MS,
    ),
  );
  for (const proposal of proposals) {
    await expected(`the Safe transaction of ${proposal.body.text} on chain`, mined(stage, proposal));
    if (proposal.body.action.lever !== 'backstop-tranche') await ramp(stage, proposal.body.action.rampSec);
  }
  const effects: Artefact<'effect'>[] = [];
  const reports: Artefact<'report'>[] = [];
  for (const proposal of proposals) {
    const effect = await expected(
      `the effect of ${proposal.body.text}`,
      narrator.awaited('effect', ({ body }) => body.proposal === proposal.id && body.asIntended, PATIENCE_MS),
    );
    effects.push(effect);
    reports.push(
      await expected(
        `the report on ${proposal.body.text}`,
        narrator.awaited('report', ({ body }) => body.effect === effect.id, PATIENCE_MS),
      ),
    );
  }
  const [after] = await store.transaction((tx) => tx.newest('evaluation', 1));
  say(
    'recovery',
    `SSF threshold now ${after?.body.reading.ssfThreshold ?? 'unknown'} (${after?.body.reading.thresholdStatus ?? ''})`,
  );
  return { proposals, effects, reports };
}

async function mined({ narrator, store }: Stage, proposal: Artefact<'proposal'>): Promise<true | null> {
  const transaction = await narrator.awaited(
    'safe-transaction',
    ({ body }) => body.proposal === proposal.id,
    PATIENCE_MS,
  );
  if (transaction === null) return null;
  const deadline = performance.now() + PATIENCE_MS;
  while (performance.now() < deadline) {
    const events = await store.transaction((tx) => tx.events(proposal.id));
    if (events.some(({ type }) => type === 'Confirmed')) return true;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return null;
}

/** A tightening of existing positions takes effect over its ramp, so that borrowers can repay before it reaches them. */
async function ramp(stage: Stage, rampSec: number): Promise<void> {
  const { ground, say } = stage;
  const plan = ground.world?.plan ?? DEFAULT_PLAN;
  const start = await chainNow(stage);
  for (let step = 1; step <= RAMP_STEPS; step += 1) {
    if (step === 1) {
      const repaid = await repayAhead({
        rpcUrl: ground.rpcUrl,
        deployment: ground.deployment,
        seed: ground.seed,
        plan,
      });
      say(
        'borrowers',
        `${repaid.accounts} attentive borrowers repay ${usd(repaid.usd)} before the new threshold reaches them`,
      );
    }
    await passTime(
      stage,
      start + Math.ceil((rampSec * step) / RAMP_STEPS) + 60,
      `ramp ${step} of ${RAMP_STEPS}`,
    );
  }
}
