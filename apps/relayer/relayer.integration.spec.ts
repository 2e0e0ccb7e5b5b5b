import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  artefactOf,
  InMemoryArtefactStore,
  relaySubmission,
  type ArtefactStore,
  type RelayChain,
  type RelayOutcome,
  type RelayPorts,
} from '#libs/application/index';
import { anvilClientOf, publicClientOf, startAnvil, type Anvil } from '#libs/chain/index';
import { POLICY } from '#libs/governance/index';
import { SeededRandom } from '#libs/numeric/index';
import { signerFromPrivateKey } from '#libs/signer/index';
import { faultyRpc, type Fault } from '#test/support/faulty-rpc';
import {
  accountOf,
  digestFrom,
  evaluatedMarket,
  fixtureCodec,
  type EvaluatedMarket,
} from '#test/support/line-fixture';
import { parseEther, parseGwei, zeroHash } from 'viem';
import { RpcRelayChain } from './relay-chain.js';

const CHAIN_ID = 31337;
/** Where the published calls go: an account without code, so that only the relayer's own doing is tested. */
const REGISTRY = `0x${digestFrom('registry').slice(-40)}` as const;
const ATTESTERS = ['a', 'b'].map((name) => accountOf(`relay attester ${name}`).account.address);

let anvil: Anvil;
let market: EvaluatedMarket;
beforeAll(async () => {
  anvil = await startAnvil({ chainId: CHAIN_ID, extraArguments: ['--no-mining'] });
  const { timestamp } = await publicClientOf([anvil.url], { chainId: CHAIN_ID }).getBlock();
  market = evaluatedMarket({ t0: Number(timestamp) });
});
afterAll(() => anvil.stop());

interface World {
  readonly ports: RelayPorts;
  readonly sender: `0x${string}`;
  readonly payload: `0x${string}`;
  readonly store: InMemoryArtefactStore;
}

/** One evaluation that enough attesters signed, a relayer with a fresh gas key, and a registry that holds what the chain has mined. */
async function world(
  name: string,
  urls: readonly string[] = [anvil.url],
  limits: Partial<RelayPorts['limits']> = {},
): Promise<World> {
  const { key, account } = accountOf(`relayer ${name}`);
  await anvilClientOf(anvil.url).setBalance({ address: account.address, value: parseEther('10') });
  const store = new InMemoryArtefactStore();
  const link = { parentDigest: zeroHash, attesterEpoch: 1 };
  const { evaluation } = market;
  await store.transaction(async (tx) => {
    await tx.put(evaluation);
    for (const signer of ATTESTERS)
      await tx.put(
        artefactOf(
          'attestation',
          { parentId: evaluation.id, createdAt: evaluation.createdAt },
          { evaluation: evaluation.id, link, signer, signature: '0x' },
        ),
      );
  });
  const payload = digestFrom(`payload ${name}`);
  const published = async () => ((await minedWith(account.address, payload)) > 0 ? evaluation.id : zeroHash);
  const ports: RelayPorts = {
    store,
    chain: new RpcRelayChain(signerFromPrivateKey(key, 'TEST'), {
      urls,
      chainId: CHAIN_ID,
      timeoutMs: 400,
      confirmations: 2,
    }),
    codec: { ...fixtureCodec(), publishCall: () => ({ to: REGISTRY, data: payload }) },
    attesters: {
      attesters: () => Promise.resolve({ members: ATTESTERS, threshold: 2 }),
      link: async () => ({ ...link, parentDigest: await published() }),
    },
    safes: { safe: () => Promise.resolve({ owners: [], threshold: 1, nonce: 0 }) },
    executor: { scheduled: () => Promise.resolve(null) },
    policy: POLICY,
    limits: { confirmations: 2, stuckAfterSec: 30, maxFeePerGas: parseGwei('500'), ...limits },
  };
  return { ports, sender: account.address, payload, store };
}

const startBlocks = new Map<string, bigint>();

/** How often the canonical chain holds this call of this sender. */
async function minedWith(sender: string, payload: string): Promise<number> {
  const client = publicClientOf([anvil.url], { chainId: CHAIN_ID });
  const head = await client.getBlockNumber();
  const from = startBlocks.get(sender) ?? head;
  startBlocks.set(sender, from);
  let count = 0;
  for (let number = from; number <= head; number += 1n) {
    const { transactions } = await client.getBlock({ blockNumber: number, includeTransactions: true });
    count += transactions.filter(
      (transaction) => transaction.from === sender.toLowerCase() && transaction.input === payload,
    ).length;
  }
  return count;
}

const nonceOf = (address: `0x${string}`) =>
  publicClientOf([anvil.url], { chainId: CHAIN_ID }).getTransactionCount({ address });
const mine = (blocks = 1) => anvilClientOf(anvil.url).mine({ blocks });
/** The head block is replaced by an empty one. */
const reorg = () =>
  anvilClientOf(anvil.url).request<{ Method: 'anvil_reorg'; Parameters: [number, []]; ReturnType: null }>({
    method: 'anvil_reorg',
    params: [1, []],
  });
const pass = (ports: RelayPorts): Promise<RelayOutcome> => relaySubmission(ports)(market.evaluation.id);

async function untilDone(ports: RelayPorts, limit = 30): Promise<RelayOutcome> {
  for (let i = 0; i < limit; i += 1) {
    const outcome = await pass(ports);
    if (outcome.kind === 'done') return outcome;
    await mine();
  }
  throw new Error('the relayer did not come to an end');
}

class Killed extends Error {}

/** Ends the "process" before or after any step that touches store or chain, at seeded places. */
function mortal(ports: RelayPorts, dies: () => boolean): RelayPorts {
  const maybe = async <T>(step: () => Promise<T>): Promise<T> => {
    if (dies()) throw new Killed();
    const result = await step();
    if (dies()) throw new Killed();
    return result;
  };
  const chain = new Proxy(ports.chain, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function'
        ? (...args: unknown[]) => maybe(() => Reflect.apply(value, target, args) as Promise<unknown>)
        : value;
    },
  }) as RelayChain;
  const store: ArtefactStore = { transaction: (work) => maybe(() => ports.store.transaction(work)) };
  return { ...ports, chain, store };
}

const SEND_FAULTS: readonly Fault[] = [
  'none',
  'lost-request',
  'lost-response',
  'unavailable',
  'rate-limited',
  'garbage',
  'hang',
  'already-known',
  'nonce-too-low',
];

describe('relaySubmission over real RPC', () => {
  it('default: one transaction, its confirmations, then nothing more to do', async () => {
    const { ports, sender, payload } = await world('plain');
    // Whichever the pass meets first: the transaction's receipt, or the registry that already holds what it carried.
    expect((await untilDone(ports)).note).toMatch(/^success in block \d+$|^the registry holds it$/);
    expect((await untilDone(ports)).kind).toBe('done');
    expect([await minedWith(sender, payload), await nonceOf(sender)]).toEqual([1, 1]);
  });

  it('behavior: the journal holds the signed bytes before any endpoint sees them', async () => {
    const { ports, store } = await world('journal');
    const seen: number[] = [];
    const chain = new Proxy(ports.chain, {
      get: (target, name) =>
        name === 'broadcast'
          ? async (raw: `0x${string}`) => {
              const journalled = await store.transaction((tx) =>
                tx.children('submission', market.evaluation.id),
              );
              seen.push(journalled.filter(({ body }) => body.raw === raw).length);
              return target.broadcast(raw);
            }
          : Reflect.get(target, name),
    }) as RelayChain;
    await untilDone({ ...ports, chain });
    expect(seen).toEqual([1]);
  });

  it.each(Array.from({ length: 12 }, (_, index) => `seed-${index}`))(
    'behavior: killed anywhere under failing endpoints, the call is mined exactly once (%s)',
    async (seed) => {
      const random = new SeededRandom(seed);
      let failing = true;
      const faultOf = (method: string): Fault => {
        if (!failing) return 'none';
        if (method === 'eth_sendRawTransaction') return SEND_FAULTS[random.int(SEND_FAULTS.length)] ?? 'none';
        return random.next() < 0.1 ? 'unavailable' : 'none';
      };
      const proxy = await faultyRpc(anvil.url, faultOf);
      const { ports, sender, payload } = await world(seed, [proxy.url]);
      await minedWith(sender, payload);
      try {
        for (let round = 0; round < 25; round += 1) {
          await pass(mortal(ports, () => random.next() < 0.08)).catch(() => undefined);
          if (random.next() < 0.5) await mine();
          if (random.next() < 0.1) await reorg().catch(() => undefined);
        }
        failing = false;
        await untilDone(ports);
      } finally {
        await proxy.stop();
      }
      expect([await minedWith(sender, payload), await nonceOf(sender)]).toEqual([1, 1]);
    },
  );

  it('behavior: a reorganised inclusion goes back and the same bytes are sent again', async () => {
    const { ports, sender, payload, store } = await world('reorg');
    await minedWith(sender, payload);
    await pass(ports);
    await mine();
    expect((await pass(ports)).note).toContain('mined in block');
    await reorg();
    expect((await pass(ports)).note).toContain('reorganised away');
    expect(await ports.chain.minedNonce()).toBe(0);
    await untilDone(ports);
    const attempts = await store.transaction((tx) => tx.children('submission', market.evaluation.id));
    const events = await store.transaction((tx) => tx.events(attempts[0]?.id ?? zeroHash));
    expect([attempts.length, await minedWith(sender, payload)]).toEqual([1, 1]);
    // A block that is final by the time of the last pass adds one more event.
    expect(events.map(({ type }) => type).slice(0, 6)).toEqual([
      'Journalled',
      'Broadcast',
      'Included',
      'Uncled',
      'Included',
      'Settled',
    ]);
  });

  it('behavior: a stuck transaction is replaced at its nonce with both fees an eighth higher or more', async () => {
    const { ports, sender, payload, store } = await world('stuck');
    const chain = anvilClientOf(anvil.url);
    await minedWith(sender, payload);
    await pass(ports);
    await chain.setNextBlockBaseFeePerGas({ baseFeePerGas: parseGwei('60') });
    await chain.increaseTime({ seconds: 40 });
    await mine();
    await pass(ports);
    const [first, second] = await store.transaction((tx) => tx.children('submission', market.evaluation.id));
    expect(second?.body.nonce).toBe(first?.body.nonce);
    for (const field of ['maxFeePerGas', 'maxPriorityFeePerGas'] as const)
      expect(Number(second?.body[field])).toBeGreaterThanOrEqual(Number(first?.body[field]) * 1.125);
    await untilDone(ports);
    expect([await minedWith(sender, payload), await nonceOf(sender)]).toEqual([1, 1]);
  });

  it('error: RLY-101 above the fee cap, and nothing is sent', async () => {
    const { ports } = await world('cap', [anvil.url], { maxFeePerGas: 1n });
    await expect(pass(ports)).rejects.toMatchObject({ code: 'RLY-101', retryable: true });
    await mine();
    expect(await ports.chain.minedNonce()).toBe(0);
  });

  it('error: RLY-203 for an endpoint of another chain', async () => {
    const other = await startAnvil({ chainId: 4242 });
    const chain = new RpcRelayChain(signerFromPrivateKey(accountOf('x').key, 'TEST'), {
      urls: [anvil.url, other.url],
      chainId: CHAIN_ID,
      timeoutMs: 1_000,
      confirmations: 1,
    });
    await expect(chain.demandChain()).rejects.toMatchObject({ code: 'RLY-203' });
    await other.stop();
  });
});
