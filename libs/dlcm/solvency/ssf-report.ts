import { bisect } from '#libs/numeric/index';
import { positionCount } from '#libs/market/index';
import type { System } from '../cascade/system.js';
import type { ThresholdStatus } from '../evaluation-record.js';
import {
  pointAt,
  searchThreshold,
  type ScanPoint,
  type SsfOutcome,
  type SsfQuestion,
} from './ssf-threshold.js';

/** First crossing of one judgement, at the resolution of the scan. Shares of the shocked price. */
export interface JudgedThreshold {
  readonly status: ThresholdStatus;
  /** Smallest failing shock found; null unless `found`. */
  readonly threshold: number | null;
  readonly bracket: { readonly safe: number; readonly failing: number } | null;
  /** False when a larger scanned shock was safe again; null when the whole scan set was not evaluated. */
  readonly monotone: boolean | null;
  /** Spacing of the uniform scan around the crossing, or of the coarsest part scanned when there is none. */
  readonly resolution: number;
}

/** Thresholds of every member, of the coalition (any member fails) and of the pooled money, from one shared scan. */
export interface SsfReport {
  readonly systemic: SsfOutcome;
  readonly pooled: JudgedThreshold;
  readonly members: readonly (JudgedThreshold & { readonly member: string })[];
  /** Evaluates a shock, or gives back what an earlier run of the report showed. */
  readonly at: (shock: number) => ScanPoint;
}

/**
 * Beyond the systemic threshold, which is searched at full resolution, the other judgements are searched this many grid
 * steps apart: they decide nothing and every step costs a cascade.
 */
const COARSE_STEPS = 4;

/**
 * SSF thresholds under every judgement (MODEL 6.2, 6.3). Each run of a scan judges all members at once, so one scan serves
 * all: up to the systemic threshold it is the full scan set; beyond it a grid four times as wide is followed until every
 * exposed member and the pool have failed. With `certify` the full scan set is evaluated throughout.
 *
 * @throws DlcmError for a snapshot, scenario or search the engine refuses
 */
export function ssfReport(system: System, question: Omit<SsfQuestion, 'snapshot'>): SsfReport {
  const known = new Map<number, ScanPoint>();
  const at = (shock: number): ScanPoint => {
    const found = known.get(shock) ?? pointAt(system, question.scenario, shock);
    known.set(shock, found);
    return found;
  };
  const systemic = searchThreshold(system, question, at);
  const scan = extended(system, { question, systemic, at });
  const judge = (fails: Judgement): JudgedThreshold => judged({ question, scan, at, fails, systemic });
  const pooled = judge((point) => point.pooledFailing);
  const members = system.members.map((member) => ({ member, ...judge(failsFor(member)) }));
  return { systemic, pooled, members, at };
}

type Judgement = (point: ScanPoint) => boolean;

const failsFor =
  (member: string): Judgement =>
  (point) =>
    point.members.some((own) => own.member === member && own.failing);

interface Extension {
  readonly question: Omit<SsfQuestion, 'snapshot'>;
  readonly systemic: SsfOutcome;
  readonly at: (shock: number) => ScanPoint;
}

/** The systemic scan, and the coarse grid beyond it until nobody is left who may fail. */
function extended(system: System, { question, systemic, at }: Extension): readonly ScanPoint[] {
  const { search } = question;
  const scan = [...systemic.scan];
  if (systemic.status === 'unpublishable' || systemic.status === 'beyond-range' || search.certify)
    return scan;
  const waiting = system.members.filter((member) => mayLose(system, member));
  const open = (): boolean =>
    !scan.some((point) => point.pooledFailing) ||
    waiting.some((member) => !scan.some((point) => failsFor(member)(point)));
  const step = COARSE_STEPS * search.step;
  const last = Math.floor(search.maxShock / step + 1e-9);
  const start = scan.at(-1)!.shock;
  for (let i = Math.floor(start / step) + 1; i <= last && open(); i += 1) {
    const point = at(Math.min(search.maxShock, i * step));
    scan.push(point);
    if (point.status === 'CAPPED') break;
  }
  return scan;
}

/** Whether a member owns anything the loss components are made of: loans, pools, vaults or traders' accounts. */
function mayLose(system: System, member: string): boolean {
  const { lending, pools, books, perps } = system.snapshot;
  const lends = lending.some((protocol) => protocol.member === member && positionCount(protocol) > 0);
  const trades = perps.some((venue) => venue.member === member && venue.accounts.length > 0);
  const owns = pools.some((pool) => pool.owner === member);
  return lends || trades || owns || books.some((book) => book.member === member && book.kind === 'vault');
}

interface Judging extends Extension {
  readonly scan: readonly ScanPoint[];
  readonly fails: Judgement;
}

function judged({ question, scan, at, fails, systemic }: Judging): JudgedThreshold {
  const { search } = question;
  const none = { threshold: null, bracket: null };
  const coarse = search.certify ? search.step : COARSE_STEPS * search.step;
  const first = scan.findIndex(fails);
  const capped = scan.findIndex((point) => point.status === 'CAPPED');
  if (capped >= 0 && (first < 0 || capped <= first))
    return { status: 'unpublishable', ...none, monotone: null, resolution: search.step };
  if (first === 0) return { status: 'already-failed', ...none, monotone: null, resolution: search.step };
  if (first < 0) {
    const whole = scan.length === systemic.scan.length;
    return {
      status: 'beyond-range',
      ...none,
      monotone: whole ? true : null,
      resolution: whole ? search.step : coarse,
    };
  }
  const [safe, failing] = bisect(
    (shock) => fails(at(shock)),
    [scan[first - 1]!.shock, scan[first]!.shock],
    search.tolerance,
  );
  return {
    status: 'found',
    threshold: failing,
    bracket: { safe, failing },
    monotone: search.certify && capped < 0 ? scan.slice(first).every(fails) : null,
    resolution: first < systemic.scan.length ? search.step : coarse,
  };
}
