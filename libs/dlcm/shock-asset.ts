import { quantise } from '#libs/numeric/index';
import { SnapshotContentError } from './cascade/error.js';
import type { System } from './cascade/system.js';
import type { Parameters } from './parameters.js';

/**
 * Asset whose shock is the headline: the one the parameters name, else the asset with venues that carries most
 * collateral value over all accounts, ties by id.
 *
 * @throws SnapshotContentError (DLCM-141) when no asset has a pool, or the named asset is unknown
 */
export function shockAssetOf(system: System, parameters: Pick<Parameters, 'shockAsset'>): string {
  const { assets } = system;
  if (parameters.shockAsset !== null) {
    if (assets.index.has(parameters.shockAsset)) return parameters.shockAsset;
    throw new SnapshotContentError(
      'parameters',
      'shockAsset',
      parameters.shockAsset,
      'an asset of the snapshot',
    );
  }
  const value = collateralValue(system);
  const [id] = [...assets.index.keys()]
    .filter((own) => assets.quote[assets.index.get(own)!]! >= 0)
    .sort((a, b) => value.get(b)! - value.get(a)! || (a < b ? -1 : 1));
  if (id === undefined)
    throw new SnapshotContentError('snapshot', 'pools', 'none', 'at least one asset with a pool to shock');
  return id;
}

/** USD by asset over all chains; sums of multiples of the quanta, so that the order of the accounts does not matter. */
function collateralValue(system: System): ReadonlyMap<string, number> {
  const { assets, accounts } = system;
  const { shapes, terms } = accounts;
  const held = new Float64Array(assets.ids.length);
  for (let account = 0; account < accounts.count; account += 1) {
    const shape = accounts.shape[account]!;
    let row = accounts.first[account]!;
    for (let leg = shapes.first[shape]!; leg < shapes.firstDebt[shape]!; leg += 1, row += 1) {
      const asset = assets.index.get(assets.ids[terms.asset[shapes.leg[leg]!]!]!)!;
      held[asset]! += quantise(accounts.units[row]!, assets.quantum[asset]!);
    }
  }
  return new Map(Array.from(assets.index, ([id, row]) => [id, held[row]! * assets.spot[row]!]));
}
