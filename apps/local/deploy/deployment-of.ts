import type { Address } from 'viem';
import { parseDeployment, type Deployment } from '#libs/chain/index';
import type { WorldPlan } from '../plan/plan.js';
import { LOCAL_CHAIN_ID } from '../only-local.js';
import type { Coalition } from './coalition.js';
import { FEED_DECIMALS } from './feeds.js';
import type { Foundation } from './foundation.js';

export interface DeploymentFacts {
  readonly plan: WorldPlan;
  readonly foundation: Foundation;
  readonly coalition: Coalition;
  readonly safes: Deployment['safes'];
  readonly attesters: Deployment['attesters'];
  readonly multiSendCallOnly: Address;
  readonly insuranceHolder: Address;
  readonly deployBlock: Deployment['deployBlock'];
  readonly fromBlock: number;
}

/** The file every process reads. */
export function deploymentOf(facts: DeploymentFacts): Deployment {
  const { plan, foundation, coalition, safes, attesters, multiSendCallOnly, deployBlock } = facts;
  const { safeGuards, ...contracts } = coalition;
  return parseDeployment({
    format: 'srd-deployment/1',
    chainId: LOCAL_CHAIN_ID,
    deployBlock,
    blockTimeSec: plan.blockTimeSec,
    members: [plan.member],
    ...assetsAndFeeds(facts),
    pools: poolsOf(facts),
    lending: [lendingOf(facts)],
    optionMarkets: [
      {
        id: 'options-local',
        member: null,
        asset: foundation.optionPool.base.id,
        address: foundation.optionMarket,
        fromBlock: facts.fromBlock,
      },
    ],
    contracts: { ...contracts, multiSendCallOnly },
    safes,
    safeGuards,
    attesters,
    uniswap: foundation.uniswap.venues,
  });
}

function assetsAndFeeds({ plan, foundation }: DeploymentFacts) {
  const tokens = [...foundation.tokens.values()];
  return {
    assets: tokens.map(({ id, symbol, address, decimals, kind, sigmaRef, beta }) => {
      return { id, symbol, address, decimals, kind, sigmaRef, beta };
    }),
    feeds: tokens.map(({ id, kind }) => ({
      asset: id,
      address: foundation.feeds.get(id),
      decimals: FEED_DECIMALS,
      latencySec: kind === 'stable' ? 0 : plan.feedLatencySec,
      heartbeatSec: null,
      deviation: null,
    })),
  };
}

function poolsOf({ foundation, fromBlock }: DeploymentFacts) {
  return foundation.uniswap.pools.map(
    ({ plan: { id, feePips, tickSpacing }, address, base, quote, shape }) => ({
      id,
      kind: 'uniswapV3',
      address,
      base: base.id,
      quote: quote.id,
      baseIsToken0: shape.baseIsToken0,
      feePips,
      tickSpacing,
      owner: null,
      fromBlock,
    }),
  );
}

function lendingOf({ plan, foundation, insuranceHolder, fromBlock }: DeploymentFacts) {
  const { addressesProvider, pool, poolConfigurator, aclManager, oracle, dataProvider, reserves, eModes } =
    foundation.aave;
  return {
    addressesProvider,
    pool,
    poolConfigurator,
    aclManager,
    oracle,
    dataProvider,
    reserves,
    eModes,
    id: plan.member,
    kind: 'aaveV3',
    member: plan.member,
    insurance: { holder: insuranceHolder, asset: 'USDC' },
    fromBlock,
  };
}
