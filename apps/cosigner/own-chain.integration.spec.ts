import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { anvilClientOf, publicClientOf, startAnvil, type Anvil } from '#libs/chain/index';
import { faultyRpc, type Fault } from '#test/support/faulty-rpc';
import { digestFrom } from '#test/support/line-fixture';
import { OwnChain } from './own-chain.js';

let anvil: Anvil;
let other: Anvil;
let block: { number: number; hash: `0x${string}` };
beforeAll(async () => {
  [anvil, other] = await Promise.all([startAnvil({ chainId: 31337 }), startAnvil({ chainId: 4242 })]);
  await anvilClientOf(anvil.url).mine({ blocks: 5 });
  const { number, hash } = await publicClientOf([anvil.url]).getBlock();
  block = { number: Number(number), hash };
});
afterAll(() => Promise.all([anvil.stop(), other.stop()]));

const reach = async (urls: readonly string[], wanted = block) => {
  const found = await new OwnChain({ urls, chainId: 31337, timeoutMs: 400 }).reaching(wanted);
  return found.ok ? 'usable' : found.refusal.code;
};

describe('OwnChain.reaching', () => {
  it('default: a client over endpoints that know the pinned block', async () => {
    expect(await reach([anvil.url])).toBe('usable');
  });

  it('error: COS-101 when down, COS-102 on another chain, COS-103 when behind, COS-104 on another block', async () => {
    expect(await reach(['http://127.0.0.1:9'])).toBe('COS-101');
    expect(await reach([anvil.url, other.url])).toBe('COS-102');
    expect(await reach([anvil.url], { ...block, number: block.number + 100 })).toBe('COS-103');
    expect(await reach([anvil.url], { ...block, hash: digestFrom('another block') })).toBe('COS-104');
  });

  it('behavior: refuses while the endpoint fails and works again when it answers', async () => {
    let fault: Fault = 'hang';
    const proxy = await faultyRpc(anvil.url, () => fault);
    expect(await reach([proxy.url])).toBe('COS-101');
    fault = 'unavailable';
    expect(await reach([proxy.url])).toBe('COS-101');
    fault = 'none';
    expect(await reach([proxy.url])).toBe('usable');
    await proxy.stop();
  });

  it('behavior: one dead endpoint of two does not stop it', async () => {
    expect(await reach(['http://127.0.0.1:9', anvil.url])).toBe('usable');
  });
});
