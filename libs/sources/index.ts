export { SourceError } from './source-error.js';
export { chainMarketSource, type ChainMarketSourceOptions } from './chain/chain-market-source.js';
export { assembleMarket, type MarketFiles } from './files/assemble-market.js';
export { readDeribitChain, type DeribitQuote } from './files/deribit-chain.js';
export {
  readMakerParameters,
  readMakerVaults,
  type MakerParameters,
  type MakerVault,
} from './files/maker-vaults.js';
export { readHourlyPrices, type PricePoint } from './files/hourly-prices.js';
export { readMakerEvents, type MakerEvent } from './files/maker-events.js';
export { readUniswapTicks, type UniswapFilePool } from './files/uniswap-ticks.js';
export * from './evidence/index.js';
export * from './backtest/index.js';
