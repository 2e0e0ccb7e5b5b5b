import type { EvaluationRecord, ThresholdRecord } from '#libs/dlcm/index';
import { aligned, type Output } from './output.js';

/** The numbers a reader looks for first. */
export function summaryLines(
  record: EvaluationRecord,
  rest: { readonly safetyLevel: number; readonly out: Output; readonly digest: string },
): string[] {
  const { reading, reference } = record;
  const { paint } = rest.out;
  const verdict = isBreached(record, rest.safetyLevel)
    ? paint.red('below the safety level')
    : paint.green('not below the safety level');
  const table = aligned([
    ['SSF threshold', `${thresholdText(record)}  (${verdict} of ${percent(String(rest.safetyLevel))})`],
    ...record.ssfMembers.map((own): [string, string] => [`  of ${own.member}`, judgedText(own)]),
    ['  of the pooled money', judgedText(record.ssfPooled)],
    [
      `${percent(reference.shock)} shock of ${record.shockAsset}`,
      `${reference.liquidatedAccounts} accounts liquidated, ${usd(reference.totalValueLiquidatedUsd)} in ${reference.rounds} rounds (${reference.status})`,
    ],
    ['LAC 5 % / 10 %', `${usd(reading.lac5Usd)} / ${usd(reading.lac10Usd)}`],
    ['LAC index', `${Number(record.lacIndex.value).toFixed(1)} of 100`],
    ...record.priceDrivers.map(({ asset, shock }): [string, string] => [
      `hedges drive ${asset} from`,
      shock === null ? 'no shock' : `a shock of ${percent(shock)}`,
    ]),
    ['GEX index', reading.gexIndex ?? 'not computable'],
    ['gamma neutrality price', reading.gammaNeutralityPrice ?? 'none'],
    ['haircut breakpoint', reading.haircutBreakpoint ?? 'none'],
    ['snapshot', record.snapshotRoot],
    ['evaluation', rest.digest],
    ['engine', record.engineVersion],
  ]);
  return [...table, ...record.firstFailure];
}

/** Below the safety level on the cautious side: the reading is rounded down. */
export function isBreached({ reading }: EvaluationRecord, safetyLevel: number): boolean {
  if (reading.thresholdStatus === 'already-failed') return true;
  return reading.thresholdStatus === 'found' && Number(reading.ssfThreshold) < safetyLevel;
}

const STATUS_TEXT = {
  'beyond-range': 'no failure up to the largest shock scanned',
  'already-failed': '0 %, fails without any shock',
  unpublishable: 'none: a run was cut off',
} as const;

function thresholdText({ reading, ssf }: EvaluationRecord): string {
  if (reading.thresholdStatus !== 'found') return STATUS_TEXT[reading.thresholdStatus];
  const bracket =
    ssf.bracket === null
      ? ''
      : `, safe at ${percent(ssf.bracket.safe)} and failing at ${percent(ssf.bracket.failing)}`;
  return `${percent(reading.ssfThreshold)}${bracket}`;
}

function judgedText({ status, threshold, resolution }: ThresholdRecord): string {
  if (status !== 'found') return STATUS_TEXT[status];
  if (threshold === null) return 'none';
  return `${percent(threshold)}, first crossing on steps of ${percent(resolution)}`;
}

function percent(fraction: string): string {
  return `${(Number(fraction) * 100).toFixed(2)} %`;
}

function usd(text: string): string {
  return `$${Math.round(Number(text)).toLocaleString('en-US')}`;
}
