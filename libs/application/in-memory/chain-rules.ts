import type { Address, Digest, MarginAction } from '../artefacts.js';
import { decodePlain, type PlainCall } from './codec.js';

export interface Margin {
  readonly ltvBps: number;
  readonly ltBps: number;
}

/** State of the in-memory contracts. Plain data, replaced as a whole. */
export interface ContractsState {
  readonly latestDigest: Digest;
  readonly computedAt: number;
  readonly attesters: readonly Address[];
  readonly attesterThreshold: number;
  readonly safes: Readonly<
    Record<
      'responder' | 'council',
      { readonly owners: readonly Address[]; readonly threshold: number; readonly nonce: number }
    >
  >;
  readonly margins: Readonly<Record<string, Margin>>;
  /** Where a tightening returns to after its time to live. */
  readonly baselines: Readonly<Record<string, Margin>>;
  /** USD price of the one volatile asset, and what the one borrower owes. */
  readonly price: number;
  readonly debtUsd: number;
  /** Time of the last tightening; the next is allowed after the minimum interval. */
  readonly lastStepAt: number;
  readonly spentUsd: number;
  readonly executed: readonly Digest[];
  readonly operations: Readonly<
    Record<Digest, { readonly readyAt: number; readonly block: number; readonly tallyRoot: Digest }>
  >;
  /** How often any parameter was changed, to count duplicate effects. */
  readonly effects: number;
}

export const DELAY_SEC = 2 * 86_400;
export const MIN_INTERVAL_SEC = 900;
const MAX_AGE_SEC = 900;

/** The state after a call, or why it reverts. */
export type Applied =
  { readonly ok: true; readonly state: ContractsState } | { readonly ok: false; readonly reason: string };

const reverts = (reason: string): Applied => ({ ok: false, reason });
const done = (state: ContractsState): Applied => ({ ok: true, state });

interface Block {
  readonly time: number;
  readonly number: number;
}

/** Applies a call the way the contracts would. */
export function applyCall(state: ContractsState, data: `0x${string}`, block: Block): Applied {
  return data === '0x' ? done(state) : applyPlain(state, decodePlain(data), block);
}

function applyPlain(state: ContractsState, call: PlainCall, block: Block): Applied {
  switch (call.kind) {
    case 'publish':
      return publish(state, call);
    case 'safe':
      return throughSafe(state, call, block);
    case 'execute':
      return execute(state, call, block);
    case 'sync':
      return sync(state, call, block);
    default:
      return reverts(`${call.kind} only through its Safe`);
  }
}

type Of<K extends PlainCall['kind']> = Extract<PlainCall, { kind: K }>;

function publish(state: ContractsState, call: Of<'publish'>): Applied {
  const signers = new Set(call.signers.filter((s) => state.attesters.includes(s)));
  if (signers.size < state.attesterThreshold) return reverts('too few attesters');
  if (call.parent !== state.latestDigest) return reverts('wrong parent');
  if (call.computedAt <= state.computedAt) return reverts('not newer');
  return done({ ...state, latestDigest: call.evaluation, computedAt: call.computedAt });
}

function throughSafe(state: ContractsState, call: Of<'safe'>, block: Block): Applied {
  const safe = state.safes[call.role];
  const owners = new Set(call.signers.filter((s) => safe.owners.includes(s)));
  if (owners.size < safe.threshold) return reverts('GS026');
  if (call.nonce !== safe.nonce) return reverts(`nonce ${call.nonce}, the Safe is at ${safe.nonce}`);
  const next = { ...state, safes: { ...state.safes, [call.role]: { ...safe, nonce: safe.nonce + 1 } } };
  const inner = decodePlain(call.inner);
  if (inner.kind === 'fast' && call.role === 'responder') return fast(next, inner, block);
  if (inner.kind === 'schedule' && call.role === 'council') return schedule(next, inner, block);
  return reverts('the Safe guard refuses the call');
}

function fast(state: ContractsState, call: Of<'fast'>, block: Block): Applied {
  if (block.time > call.validUntil) return reverts('AuthorityExpired');
  if (call.evaluation !== state.latestDigest) return reverts('EvaluationNotLatest');
  if (block.time > state.computedAt + MAX_AGE_SEC) return reverts('EvaluationTooOld');
  if (state.executed.includes(call.proposal)) return reverts('PayloadAlreadyExecuted');
  if (block.time < state.lastStepAt + MIN_INTERVAL_SEC) return reverts('TooSoon');
  const next = {
    ...state,
    executed: [...state.executed, call.proposal],
    effects: state.effects + 1,
    lastStepAt: block.time,
  };
  const { action } = call;
  return done(
    action.lever === 'backstop-tranche'
      ? { ...next, spentUsd: action.maxSpendUsd }
      : withMargin(next, action),
  );
}

function withMargin(state: ContractsState, action: MarginAction): ContractsState {
  const margin = { ltvBps: action.ltvBpsTo, ltBps: action.ltBpsTo };
  return { ...state, margins: { ...state.margins, [action.asset]: margin } };
}

const TTL_SEC = 72 * 3_600;

/** After its time to live a tightening is back at the baseline. */
function sync(state: ContractsState, call: Of<'sync'>, block: Block): Applied {
  const baseline = state.baselines[call.asset];
  if (baseline === undefined || block.time < state.lastStepAt + TTL_SEC) return done(state);
  return done({ ...state, margins: { ...state.margins, [call.asset]: baseline } });
}

function schedule(state: ContractsState, call: Of<'schedule'>, block: Block): Applied {
  if (state.operations[call.proposal] !== undefined) return reverts('already scheduled');
  const operation = { readyAt: block.time + DELAY_SEC, block: block.number, tallyRoot: call.tallyRoot };
  return done({ ...state, operations: { ...state.operations, [call.proposal]: operation } });
}

function execute(state: ContractsState, call: Of<'execute'>, block: Block): Applied {
  const operation = state.operations[call.proposal];
  if (operation === undefined || operation.tallyRoot !== call.tallyRoot) return reverts('no such operation');
  if (block.time < operation.readyAt) return reverts('not ready');
  if (state.executed.includes(call.proposal)) return reverts('already executed');
  if (call.action.lever === 'backstop-tranche') return reverts('not an operation of the executor');
  const next = { ...state, executed: [...state.executed, call.proposal], effects: state.effects + 1 };
  const moved = withMargin(next, call.action);
  return done({
    ...moved,
    baselines: {
      ...moved.baselines,
      [call.action.asset]: moved.margins[call.action.asset] ?? { ltvBps: 0, ltBps: 0 },
    },
  });
}
