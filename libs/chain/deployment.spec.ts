import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDeployment, readDeployment, writeDeployment } from './deployment.js';

const address = (n: number): string => `0x${n.toString(16).padStart(40, '0')}`;
const hash = `0x${'ab'.repeat(32)}`;

function valid(): Record<string, unknown> & {
  assets: Record<string, unknown>[];
  pools: Record<string, unknown>[];
} {
  return {
    format: 'srd-deployment/1',
    chainId: 31337,
    deployBlock: { number: 15, hash },
    blockTimeSec: 2,
    members: ['aave-local'],
    assets: [
      {
        id: 'ETH',
        symbol: 'WETH',
        address: address(1),
        decimals: 18,
        kind: 'native',
        sigmaRef: 0.6,
        beta: { ETH: 1 },
      },
      { id: 'USDC', symbol: 'USDC', address: address(2), decimals: 6, kind: 'stable', sigmaRef: 0, beta: {} },
    ],
    feeds: [
      { asset: 'ETH', address: address(3), decimals: 8, latencySec: 60, heartbeatSec: null, deviation: null },
    ],
    pools: [
      {
        id: 'eth-usdc',
        kind: 'uniswapV3',
        address: address(4),
        base: 'ETH',
        quote: 'USDC',
        baseIsToken0: true,
        feePips: 500,
        tickSpacing: 10,
        owner: null,
        fromBlock: 0,
      },
    ],
    lending: [],
    optionMarkets: [],
    contracts: Object.fromEntries(
      [
        'accessManager',
        'evaluationRegistry',
        'marginGuard',
        'aaveMarginAdapter',
        'backstopVault',
        'openExecutor',
        'coalitionToken',
        'aaveDebtMeter',
        'liquidationFiller',
        'multiSendCallOnly',
      ].map((name, i) => [name, address(10 + i)]),
    ),
    safes: {
      responder: { address: address(30), owners: [address(31), address(32)], threshold: 2 },
      council: { address: address(33), owners: [address(34)], threshold: 1 },
    },
    safeGuards: { responder: address(40), council: address(41) },
    attesters: { signers: [address(50)], threshold: 1 },
    uniswap: {
      factory: address(60),
      quoter: address(61),
      swapRouter: address(62),
      positionManager: address(63),
    },
  };
}

describe('parseDeployment', () => {
  it('default: returns the file with checksummed addresses', () => {
    expect(parseDeployment(valid()).pools[0]?.address).toBe('0x0000000000000000000000000000000000000004');
  });

  it('error: CHN-303 names every bad field with its value', () => {
    const bad = valid();
    bad['chainId'] = -1;
    bad.assets[0]!['address'] = '0x12';
    bad.pools[0]!['base'] = 'stETH';
    expect(() => parseDeployment(bad)).toThrow(
      expect.objectContaining({
        code: 'CHN-303',
        message: expect.stringMatching(/chainId = -1[\s\S]*assets\.0\.address = "0x12"/),
      }),
    );
  });

  it('error: CHN-303 for an asset nobody lists and a threshold above the owners', () => {
    const bad = valid();
    bad.pools[0]!['base'] = 'stETH';
    expect(() => parseDeployment(bad)).toThrow(/pools\.0\.base = "stETH": asset "stETH" is not in assets/);
    const greedy = {
      ...valid(),
      safes: {
        responder: { address: address(30), owners: [address(31)], threshold: 2 },
        council: { address: address(33), owners: [address(34)], threshold: 1 },
      },
    };
    expect(() => parseDeployment(greedy)).toThrow(/threshold 2 exceeds the 1 owners/);
  });
});

describe('readDeployment', () => {
  it('default: reads what writeDeployment wrote; error: CHN-301 and CHN-302 otherwise', () => {
    const folder = mkdtempSync(join(tmpdir(), 'deployment-'));
    try {
      const file = join(folder, 'deployment.json');
      expect(() => readDeployment(file)).toThrow(expect.objectContaining({ code: 'CHN-301' }));
      writeFileSync(file, '{');
      expect(() => readDeployment(file)).toThrow(expect.objectContaining({ code: 'CHN-302' }));
      const deployment = parseDeployment(valid());
      writeDeployment(file, deployment);
      expect(readDeployment(file)).toEqual(deployment);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
