import { marginalPrice, routeMarketOrder, type Venues } from '../amm/index.js';
import type { AssetTable } from './asset-table.js';

/**
 * One batch of market flow, by asset, and what became of it. Gross amounts are base units and never negative;
 * `sells` and `buys` are inputs, the rest is the outcome. Reused from batch to batch.
 */
export interface Flows {
  readonly sells: Float64Array;
  readonly buys: Float64Array;
  /** Share of each side that was executed. */
  readonly sellShare: Float64Array;
  readonly buyShare: Float64Array;
  /** Average USD price of each side. */
  readonly sellPrice: Float64Array;
  readonly buyPrice: Float64Array;
  /** Tokens the participants of the batch end up with beside what they ordered: proceeds (+) or cost (-). */
  readonly settled: Float64Array;
  /** 1 where a sale ran into the price floor, 2 where a purchase ran into the ceiling. */
  readonly stopped: Uint8Array;
  /** Base units offered for sale in all batches so far, crossed volume and routed proceeds included. */
  readonly grossSold: Float64Array;
}

/** Room for the flow of one batch over `count` assets. */
export function flowRoom(count: number): Flows {
  const column = (): Float64Array => new Float64Array(count);
  return {
    sells: column(),
    buys: column(),
    sellShare: column(),
    buyShare: column(),
    sellPrice: column(),
    buyPrice: column(),
    settled: column(),
    stopped: new Uint8Array(count),
    grossSold: column(),
  };
}

/** Empties the inputs for the next batch. */
export function clearFlows(flows: Flows): void {
  flows.sells.fill(0);
  flows.buys.fill(0);
}

/**
 * Executes a batch of market flow (MODEL 4.4 a, 0.4, 0.18): assets from the leaves to the roots of the quote tree;
 * each net flow goes to all venues of the asset, and its quote proceeds (or cost) join the flow of the quote asset in
 * the same batch. The crossed volume trades at the price before the batch, the net side pays one blended price.
 * Moves the venues; USD prices of the batch are filled in from the roots down.
 *
 * @param market USD prices before the batch
 */
export function executeFlows(
  flows: Flows,
  on: { assets: AssetTable; venues: readonly (Venues | null)[]; market: Float64Array },
): void {
  const { leafToRoot } = on.assets;
  flows.settled.fill(0);
  flows.stopped.fill(0);
  for (const asset of leafToRoot) executeNet(flows, on, asset);
  for (let j = leafToRoot.length - 1; j >= 0; j -= 1) priceInUsd(flows, on, leafToRoot[j]!);
}

/** Prices stay in quote units here; priceInUsd turns them over once the quote's own price is known. */
function executeNet(
  flows: Flows,
  on: { assets: AssetTable; venues: readonly (Venues | null)[] },
  asset: number,
): void {
  const venues = on.venues[asset] ?? null;
  const sells = flows.sells[asset]!;
  const buys = flows.buys[asset]!;
  flows.grossSold[asset]! += sells;
  flows.sellShare[asset] = 1;
  flows.buyShare[asset] = 1;
  if (venues === null) {
    flows.settled[asset] = sells - buys;
    flows.sellPrice[asset] = flows.buyPrice[asset] = 1;
    return;
  }
  const before = marginalPrice(venues);
  flows.sellPrice[asset] = flows.buyPrice[asset] = before;
  if (sells === buys) return;
  const selling = sells > buys;
  const fill = routeMarketOrder(venues, buys - sells);
  const wanted = selling ? sells : buys;
  const crossed = Math.min(sells, buys);
  const executed = crossed + Math.abs(fill.base);
  const share = fill.unexecuted === 0 ? 1 : executed / wanted;
  const price = executed > 0 ? (crossed * before + fill.quote) / executed : before;
  if (selling) {
    flows.sellShare[asset] = share;
    flows.sellPrice[asset] = price;
    flows.sells[on.assets.quote[asset]!]! += fill.quote;
  } else {
    flows.buyShare[asset] = share;
    flows.buyPrice[asset] = price;
    flows.buys[on.assets.quote[asset]!]! += fill.quote;
  }
  if (fill.unexecuted === 0) return;
  flows.settled[asset] = -fill.unexecuted;
  flows.stopped[asset] = selling ? 1 : 2;
}

function priceInUsd(
  flows: Flows,
  on: { assets: AssetTable; venues: readonly (Venues | null)[]; market: Float64Array },
  asset: number,
): void {
  const quote = on.assets.quote[asset]!;
  if (quote < 0 || (on.venues[asset] ?? null) === null) {
    flows.sellPrice[asset] = flows.buyPrice[asset] = on.market[asset]!;
    return;
  }
  // Both sides are turned over at the price of the quote's side that the net flow joined, so that money is conserved.
  const turn = flows.sells[asset]! > flows.buys[asset]! ? flows.sellPrice[quote]! : flows.buyPrice[quote]!;
  flows.sellPrice[asset]! *= turn;
  flows.buyPrice[asset]! *= turn;
}

/** USD price of every asset after its venues moved, roots first; a root keeps its price. */
export function readMarket(
  market: Float64Array,
  on: { assets: AssetTable; venues: readonly (Venues | null)[] },
): void {
  const { leafToRoot, quote } = on.assets;
  for (let j = leafToRoot.length - 1; j >= 0; j -= 1) {
    const asset = leafToRoot[j]!;
    const venues = on.venues[asset] ?? null;
    if (venues !== null) market[asset] = marginalPrice(venues) * market[quote[asset]!]!;
  }
}
