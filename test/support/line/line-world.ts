import {
  InMemoryArtefactStore,
  InMemoryChain,
  plainCodec,
  plainSignature,
  type Address,
  type ContractsState,
  type LinePorts,
  type RelayPorts,
} from '#libs/application/index';
import { POLICY } from '#libs/governance/index';
import { miniEngine } from './mini-engine.js';
import { ASSET, MEMBER, miniMarket } from './mini-market.js';

const person = (n: number): Address => `0x${(0xa000 + n).toString(16).padStart(40, '0')}`;
const ZERO = `0x${'00'.repeat(32)}` as const;
const START = 1_769_288_400;
const DEBT_USD = 140_000;
const BORROWED_TOKENS = 10n ** 18n;

/** Co-signers, council and voters of the line world. */
export const ATTESTERS = [person(1), person(2), person(3)] as const;
export const RESPONDERS = [person(11), person(12), person(13)] as const;
export const COUNCIL = [person(21), person(22), person(23), person(24), person(25)] as const;
export const VOTERS = [person(31), person(32), person(33)] as const;

/** Everything the line runs on, in memory: real store semantics, a small chain, a model checked by hand. */
export interface LineWorld {
  readonly store: InMemoryArtefactStore;
  readonly chain: InMemoryChain;
  readonly ports: LinePorts;
  readonly relay: RelayPorts;
}

const START_STATE: ContractsState = {
  latestDigest: ZERO,
  computedAt: 0,
  attesters: ATTESTERS,
  attesterThreshold: 2,
  safes: {
    responder: { owners: RESPONDERS, threshold: 2, nonce: 0 },
    council: { owners: COUNCIL, threshold: 3, nonce: 0 },
  },
  margins: { [ASSET]: { ltvBps: 8_000, ltBps: 8_250 } },
  baselines: { [ASSET]: { ltvBps: 8_000, ltBps: 8_250 } },
  price: 2_000,
  debtUsd: DEBT_USD,
  lastStepAt: 0,
  spentUsd: 0,
  executed: [],
  operations: {},
  effects: 0,
};

/** A fresh world. ETH stands at 2,000 USD and the threshold at 0.3; at 1,700 it is 0.1764, below the safety level of 0.2. */
export function lineWorld(): LineWorld {
  const store = new InMemoryArtefactStore();
  const chain = new InMemoryChain({ time: START, state: START_STATE });
  const readers = chainReaders(chain);
  const ports: LinePorts = {
    store,
    clock: { now: async () => chain.tip.time },
    market: {
      capture: async (at) => {
        const block = at === 'latest' ? chain.tip : chain.blockOf(at.hash);
        if (block === null) throw new RangeError('no such block');
        return miniMarket(block, (await chain.blockHash(block.number - 1)) ?? ZERO);
      },
    },
    engine: miniEngine(DEBT_USD),
    codec: plainCodec,
    signatures: {
      signedBy: async ({ hash, signer, signature }) => signature === plainSignature(hash, signer),
    },
    votes: {
      votes: async (voter) => (VOTERS.some((v) => v === voter) ? BORROWED_TOKENS : 0n),
      countedSupply: async () => 10n * BORROWED_TOKENS,
    },
    simulator: {
      simulate: async () => ({
        blockNumber: chain.tip.number,
        selfInflictedLiquidations: 0,
        revertReason: null,
      }),
    },
    policy: POLICY,
    ...readers,
  };
  const limits = { confirmations: 2, stuckAfterSec: 30, maxFeePerGas: 10n ** 12n };
  const relay: RelayPorts = {
    store,
    chain,
    codec: plainCodec,
    attesters: ports.attesters,
    safes: ports.safes,
    executor: ports.executor,
    policy: POLICY,
    limits,
  };
  return { store, chain, ports, relay };
}

function chainReaders(
  chain: InMemoryChain,
): Pick<LinePorts, 'attesters' | 'safes' | 'bounds' | 'executor' | 'effects'> {
  return {
    attesters: {
      attesters: async () => ({ members: chain.state.attesters, threshold: chain.state.attesterThreshold }),
      link: async () => ({ parentDigest: chain.state.latestDigest, attesterEpoch: 1 }),
    },
    safes: { safe: async (role) => chain.state.safes[role] },
    bounds: {
      remaining: async () => {
        const margin = chain.state.margins[ASSET] ?? { ltvBps: 0, ltBps: 0 };
        const waiting = chain.tip.time < chain.state.lastStepAt + POLICY.tighten.minIntervalSec;
        return {
          margins: [{ member: MEMBER, asset: ASSET, ...margin, maxStepBps: waiting ? 0 : 50, rampSec: 0 }],
          backstops: [],
        };
      },
    },
    executor: {
      scheduled: async (proposal) => {
        const operation = chain.state.operations[proposal];
        if (operation === undefined) return null;
        const hash = (await chain.blockHash(operation.block)) ?? ZERO;
        return { operation: proposal, readyAt: operation.readyAt, block: { number: operation.block, hash } };
      },
    },
    effects: {
      readBack: async (action) => {
        const { number, hash } = chain.tip;
        const margin =
          chain.state.margins[action.lever === 'backstop-tranche' ? action.collateral : action.asset];
        return { values: { spendUsd: chain.state.spentUsd, ...margin }, block: { number, hash } };
      },
    },
  };
}
