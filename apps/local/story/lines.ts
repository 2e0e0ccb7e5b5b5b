import type { Artefact, ArtefactKind, Digest, RemedyAction } from '#libs/application/index';
import { POLICY } from '#libs/governance/index';

type Lines = { readonly [K in ArtefactKind]?: (artefact: Artefact<K>) => string | null };

/** One readable line per artefact, with the numbers that matter. */
export const LINES = {
  snapshot: ({ body }) =>
    `block ${body.blocks.map(({ number }) => number).join(', ')}, ${(body.bytes / 1_024).toFixed(0)} KiB in ${body.chunks.length} chunk(s), root ${short(body.root)}`,
  evaluation: ({ id, body }) =>
    `${short(id)}  SSF threshold ${threshold(body.reading.thresholdStatus, body.reading.ssfThreshold)}, safety level ${percent(POLICY.safetyLevel)}; LAC 5 % ${usd(body.reading.lac5Usd)}, 10 % ${usd(body.reading.lac10Usd)}; GEX index ${body.reading.gexIndex ?? 'none'}; gamma neutrality price ${body.reading.gammaNeutralityPrice ?? 'none'}`,
  skip: ({ body }) => `snapshot ${short(body.snapshot)} skipped: ${short(body.newer)} is newer`,
  attestation: ({ body }) =>
    `${body.signer} recomputed ${short(body.evaluation)} to the same digest and signed`,
  breach: ({ body }) =>
    `regime ${body.regime}: SSF threshold ${percent(body.ssfThreshold)} against safety level ${percent(body.safetyLevel)} (${body.reason})`,
  remedy: ({ body }) =>
    `${body.actions.map(actionText).join(' + ') || (Number(body.shortfall?.thresholdMissing ?? 0) === 0 ? 'nothing is needed' : 'nothing inside the budgets helps')}; threshold ${percent(body.thresholdBefore)} -> ${percent(body.thresholdAfter)}, cost ${usd(body.costUsd)}${body.shortfall === null ? `; a little less gives ${percent(body.thresholdJustBelow)}` : `; certified shortfall ${percent(body.shortfall.thresholdMissing)}, backstop missing ${usd(body.shortfall.backstopUsd)}`}`,
  proposal: ({ id, body }) =>
    `${short(id)} class ${body.class}${body.ratifies === null ? '' : ` (ratifies ${short(body.ratifies)})`}: ${body.text} [fork: ${body.simulation.selfInflictedLiquidations} self-inflicted liquidations]`,
  ballot: ({ body }) => `${body.voter} votes ${body.choice} on ${short(body.proposal)}`,
  tally: ({ body }) =>
    `${short(body.proposal)} ${body.outcome}: for ${tokens(body.for)}, against ${tokens(body.against)}, abstain ${tokens(body.abstain)}, quorum ${tokens(body.quorum)}; root ${short(body.root)}`,
  'safe-transaction': ({ body }) =>
    `${body.role} Safe, nonce ${body.nonce}, ${body.purpose} for ${short(body.proposal)}; hash ${short(body.safeTxHash)}`,
  'co-signature': ({ body }) => `${body.signer} checked and signed ${short(body.safeTransaction)}`,
  submission: ({ body }) => `${body.purpose}, transaction ${short(body.hash)}, nonce ${body.nonce}`,
  effect: ({ body }) =>
    `${body.changes.map(({ field, from, to, readBack }) => `${field} ${from} -> ${readBack} (intended ${to})`).join(', ')} at block ${body.blockNumber}: ${body.asIntended ? 'as intended' : 'NOT as intended'}`,
  report: ({ body }) =>
    `${short(body.proposal)}: threshold ${percent(body.thresholdBefore)} -> ${percent(body.thresholdAfter)} (without the change ${percent(body.thresholdWithout)}), ${body.effective ? 'effective' : 'INEFFECTIVE'}`,
} as const satisfies Lines;

export function short(digest: Digest): string {
  return `${digest.slice(0, 10)}…`;
}

export function percent(fraction: string | number | null): string {
  return fraction === null ? 'beyond range' : `${(Number(fraction) * 100).toFixed(2)} %`;
}

export function usd(amount: string | number): string {
  const value = Number(amount);
  return value >= 1e6 ? `${(value / 1e6).toFixed(2)} M USD` : `${(value / 1e3).toFixed(1)} k USD`;
}

function threshold(status: string, value: string): string {
  return status === 'found' ? percent(value) : status;
}

function tokens(wei: string): string {
  return (BigInt(wei) / 10n ** 18n).toString();
}

export function actionText(action: RemedyAction): string {
  if (action.lever === 'backstop-tranche')
    return `backstop tranche of ${usd(action.maxSpendUsd)} for ${action.collateral} at ${action.member}`;
  return `${action.member} ${action.asset}: LTV ${bps(action.ltvBpsFrom)} -> ${bps(action.ltvBpsTo)}, LT ${bps(action.ltBpsFrom)} -> ${bps(action.ltBpsTo)}`;
}

function bps(points: number): string {
  return `${(points / 100).toFixed(2)} %`;
}
