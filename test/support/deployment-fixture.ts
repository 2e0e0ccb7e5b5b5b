import type { Deployment } from '#libs/chain/index';
import { ADDRESSES, CHAIN_ID, digestFrom } from './line-fixture.js';

const address = (text: string) => `0x${digestFrom(text).slice(-40)}` as const;

/** A deployment file that every process accepts; nothing of it is deployed anywhere. */
export function aDeployment(overrides: Partial<Deployment> = {}): Deployment {
  const { assets, contracts, safes } = ADDRESSES;
  const owners = [address('owner 1'), address('owner 2'), address('owner 3')];
  const asset = ({ id, address: at, decimals }: (typeof assets)[number]) => ({
    id,
    symbol: id,
    address: at,
    decimals,
    kind: id === 'USDC' ? ('stable' as const) : ('native' as const),
    sigmaRef: 0.8,
    beta: { [id]: 1 },
  });
  return {
    format: 'srd-deployment/1',
    chainId: CHAIN_ID,
    deployBlock: { number: 0, hash: digestFrom('deploy block') },
    blockTimeSec: 2,
    members: ['aave-local'],
    assets: assets.map(asset),
    feeds: [],
    pools: [
      {
        id: 'eth-usdc',
        kind: 'uniswapV3',
        address: address('pool'),
        base: 'ETH',
        quote: 'USDC',
        baseIsToken0: true,
        feePips: 3_000,
        tickSpacing: 60,
        owner: null,
        fromBlock: 0,
      },
    ],
    lending: [],
    optionMarkets: [],
    contracts: {
      ...contracts,
      accessManager: address('manager'),
      aaveDebtMeter: address('meter'),
      liquidationFiller: address('filler'),
      multiSendCallOnly: address('multi send'),
    },
    safes: {
      responder: { address: safes.responder.address, owners, threshold: 2 },
      council: { address: safes.council.address, owners, threshold: 2 },
    },
    safeGuards: { responder: address('guard 1'), council: address('guard 2') },
    attesters: { signers: owners, threshold: 2 },
    uniswap: {
      factory: address('factory'),
      quoter: address('quoter'),
      swapRouter: address('router'),
      positionManager: address('manager of positions'),
    },
    ...overrides,
  };
}
