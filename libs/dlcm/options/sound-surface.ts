import type { Surface, SurfaceSlice, SviModel } from '#libs/market/index';
import { SurfaceError } from './error.js';
import { sviArbitrageCheck, sviCalendarCheck } from './svi.js';
import { sviJwRepair } from './svi-jw.js';
import { SECONDS_PER_YEAR } from './year.js';

/** Total variance by which a later slice may lie below an earlier one before it counts as arbitrage. */
const CALENDAR_TOLERANCE = 1e-10;

/**
 * The surface with every SVI slice free of butterfly arbitrage, slices ascending in time: failing slices are repaired
 * by the jump-wings rule (MODEL 3 and 0.22). Grid slices pass as they are.
 *
 * @throws SurfaceError for a slice that cannot be repaired, or total variance that falls with time at some strike
 */
export function soundSurface(surface: Surface): Surface {
  const slices = [...surface.slices]
    .sort((a, b) => a.expirySec - b.expirySec)
    .map((slice) => soundSlice(surface, slice));
  slices.forEach((slice, i) => requireCalendarOrder(surface, slices[i - 1], slice));
  return { ...surface, slices };
}

function soundSlice(surface: Surface, slice: SurfaceSlice): SurfaceSlice {
  if (slice.model.kind !== 'svi' || sviArbitrageCheck(slice.model).butterflyFree) return slice;
  const check = sviArbitrageCheck(slice.model);
  const repaired = check.valid ? sviJwRepair(slice.model, slice.expirySec / SECONDS_PER_YEAR) : null;
  if (repaired !== null) return { ...slice, model: { kind: 'svi', ...repaired } };
  throw new SurfaceError(
    nameOf(surface, slice),
    `its SVI parameters admit arbitrage (g = ${check.minimumG} at k = ${check.at}) and the repair fails`,
    'Fit the slice again, or give volatilities per line.',
  );
}

function requireCalendarOrder(surface: Surface, before: SurfaceSlice | undefined, after: SurfaceSlice): void {
  const [earlier, later] = [sviOf(before), sviOf(after)];
  if (earlier === null || later === null) return;
  const crossing = sviCalendarCheck(earlier, later);
  if (crossing === null || crossing.deficit <= CALENDAR_TOLERANCE) return;
  throw new SurfaceError(
    nameOf(surface, after),
    `its total variance is ${crossing.deficit} below the earlier slice's at k = ${crossing.at}`,
    'Fit the slices together, or give volatilities per line.',
  );
}

function sviOf(slice: SurfaceSlice | undefined): SviModel | null {
  return slice?.model.kind === 'svi' ? slice.model : null;
}

function nameOf(surface: Surface, slice: SurfaceSlice): string {
  return `Surface "${surface.id}", slice at ${slice.expirySec} s`;
}
