import type { MarginAction, PayloadAction, PayloadAddresses } from './actions.js';
import { decimalOf } from './fixed-point.js';
import { decodeAction, encodeAction, payloadHashOf, type DecodedCall } from './payload.js';

const percent = (bps: number): string => `${decimalOf(BigInt(bps), 2)} %`;

/**
 * What an action does, in plain English, read back from the very bytes that would be sent; the values before come from the
 * action. One line per action.
 *
 * @throws ProtocolError as `encodeAction`.
 */
export function describePayload(addresses: PayloadAddresses, actions: readonly PayloadAction[]): string {
  return actions.map((action) => describeOne(addresses, action)).join('\n');
}

function describeOne(addresses: PayloadAddresses, action: PayloadAction): string {
  const payloadHash = payloadHashOf(addresses, action);
  const authority = { proposalId: payloadHash, evaluationDigest: payloadHash, payloadHash, validUntil: 0 };
  const call = decodeAction(addresses, encodeAction(addresses, action, authority));
  if (call.kind === 'open-auction')
    return auctionText(addresses, call, action.lever === 'backstop-tranche' ? action.debtAsset : '');
  return action.lever === 'backstop-tranche' ? '' : marginText(call, action);
}

type MarginCall = Exclude<DecodedCall, { kind: 'open-auction' }>;
type AuctionCall = Extract<DecodedCall, { kind: 'open-auction' }>;

function marginText(call: MarginCall, before: MarginAction): string {
  const ltv = change('loan to value', before.ltvBpsFrom, call.ltvBps);
  const lt = change('liquidation threshold', before.ltBpsFrom, call.ltBps);
  const ramp = call.rampSec === 0 ? 'at once' : `over ${duration(call.rampSec)}`;
  const verb = call.kind === 'tighten' ? 'Tighten' : 'Set the voted baseline of';
  const lapse = call.kind === 'tighten' ? '; lapses after 72 h towards the baseline' : '';
  return `${verb} ${call.asset} at ${call.member}: ${ltv} at once, ${lt} ${ramp}${lapse}.`;
}

function change(name: string, from: number, to: number): string {
  if (from === to) return `${name} stays ${percent(to)}`;
  return `${name} ${percent(from)} to ${percent(to)} (${to < from ? 'stricter' : 'looser'})`;
}

function auctionText(addresses: PayloadAddresses, call: AuctionCall, debtAsset: string): string {
  const decimals = addresses.assets.find(({ id }) => id === debtAsset)?.decimals ?? 0;
  const discount = `discount ${percent(call.startDiscountBps)} falling to ${percent(call.endDiscountBps)} over ${duration(call.durationSec)}`;
  return `Buy ${call.collateral} seized at ${call.member} from the backstop for at most ${decimalOf(call.maxSpend, decimals)} ${debtAsset}, ${discount}.`;
}

const UNITS = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
] as const;

function duration(seconds: number): string {
  const unit = UNITS.find(([length]) => seconds >= length && seconds % length === 0);
  return unit === undefined ? `${seconds} s` : `${seconds / unit[0]} ${unit[1]}`;
}
