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
  let main = -1;
  assets.ids.forEach((_, i) => {
    if (assets.quote[i]! >= 0 && (main < 0 || value[i]! > value[main]!)) main = i;
  });
  const id = assets.ids[main];
  if (id === undefined)
    throw new SnapshotContentError('snapshot', 'pools', 'none', 'at least one asset with a pool to shock');
  return id;
}

function collateralValue(system: System): Float64Array {
  const { accounts, assets } = system;
  const value = new Float64Array(assets.ids.length);
  accounts.collateralUnits.forEach((units, leg) => {
    const asset = accounts.collateralAsset[leg]!;
    value[asset]! += units * assets.spot[asset]!;
  });
  return value;
}
