import { describe, expect, it } from '@jest/globals';
import { keccak256, fromHex } from '#libs/canonical/index';
import { AUCTION_TERMS, type BackstopAction, type MarginAction, type PayloadAddresses } from './actions.js';
import { describePayload } from './describe-payload.js';
import { memberKey } from './member-key.js';
import { decodeAction, encodeAction, NO_AUTHORITY, payloadHashOf, payloadSetHash } from './payload.js';

const at = (byte: string): `0x${string}` => `0x${byte.repeat(20)}`;
const addresses: PayloadAddresses = {
  chainId: 31_337,
  assets: [
    { id: 'ETH', address: at('e1'), decimals: 18 },
    { id: 'USDC', address: at('c1'), decimals: 6 },
  ],
  contracts: {
    evaluationRegistry: at('01'),
    marginGuard: at('02'),
    aaveMarginAdapter: at('03'),
    backstopVault: at('04'),
    openExecutor: at('05'),
    coalitionToken: at('06'),
  },
  safes: { responder: { address: at('07') }, council: { address: at('08') } },
};
const tightening: MarginAction = {
  lever: 'margin-tightening',
  member: 'aave-local',
  asset: 'ETH',
  ltvBpsFrom: 8_050,
  ltvBpsTo: 8_000,
  ltBpsFrom: 8_300,
  ltBpsTo: 8_250,
  rampSec: 3_600,
};
const tranche: BackstopAction = {
  lever: 'backstop-tranche',
  member: 'aave-local',
  collateral: 'ETH',
  debtAsset: 'USDC',
  maxSpendUsd: 250_000,
};
const authority = {
  proposalId: `0x${'11'.repeat(32)}`,
  evaluationDigest: `0x${'22'.repeat(32)}`,
  payloadHash: `0x${'33'.repeat(32)}`,
  validUntil: 1_800_000_900,
} as const;

const word = (value: string | number | bigint): string =>
  typeof value === 'string' ? value.slice(2).padStart(64, '0') : BigInt(value).toString(16).padStart(64, '0');

describe('payloadHashOf', () => {
  it('default: chain, target, selector and parameters, without the authority', () => {
    const selector = encodeAction(addresses, tightening, NO_AUTHORITY).data.slice(2, 10).padEnd(64, '0');
    const parameters = [memberKey('aave-local'), at('e1'), 8_000, 8_250, 3_600].map(word).join('');
    const expected = keccak256(fromHex(`0x${word(31_337)}${word(at('02'))}${selector}${parameters}`));
    expect(payloadHashOf(addresses, tightening)).toBe(expected);
  });

  it('behavior: where the values came from is no part of the payload', () => {
    expect(payloadHashOf(addresses, { ...tightening, ltBpsFrom: 1 })).toBe(
      payloadHashOf(addresses, tightening),
    );
  });

  it('behavior: chain, member, asset, values and lever are', () => {
    const hashes = [
      payloadHashOf(addresses, tightening),
      payloadHashOf({ ...addresses, chainId: 1 }, tightening),
      payloadHashOf(addresses, { ...tightening, member: 'other' }),
      payloadHashOf(addresses, { ...tightening, asset: 'USDC' }),
      payloadHashOf(addresses, { ...tightening, ltvBpsTo: 7_999 }),
      payloadHashOf(addresses, { ...tightening, ltBpsTo: 8_249 }),
      payloadHashOf(addresses, { ...tightening, rampSec: 3_601 }),
      payloadHashOf(addresses, { ...tightening, lever: 'margin-baseline' }),
      payloadHashOf(addresses, tranche),
      payloadHashOf(addresses, { ...tranche, maxSpendUsd: 250_001 }),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});

describe('payloadSetHash', () => {
  it('behavior: one action is itself, several are hashed in order', () => {
    expect(payloadSetHash(addresses, [tightening])).toBe(payloadHashOf(addresses, tightening));
    const both = payloadSetHash(addresses, [tightening, tranche]);
    expect(both).not.toBe(payloadSetHash(addresses, [tranche, tightening]));
    expect(() => payloadSetHash(addresses, [])).toThrow(expect.objectContaining({ code: 'PRO-106' }));
  });
});

describe('decodeAction', () => {
  it('behavior: reads back what was encoded', () => {
    const { member, asset, ltvBpsTo: ltvBps, ltBpsTo: ltBps, rampSec } = tightening;
    expect(decodeAction(addresses, encodeAction(addresses, tightening, authority))).toEqual({
      kind: 'tighten',
      member,
      asset,
      ltvBps,
      ltBps,
      rampSec,
      authority,
    });
    expect(
      decodeAction(
        addresses,
        encodeAction(addresses, { ...tightening, lever: 'margin-baseline' }, authority),
      ),
    ).toEqual({ kind: 'move-baseline', member, asset, ltvBps, ltBps, rampSec });
    expect(decodeAction(addresses, encodeAction(addresses, tranche, authority))).toEqual({
      kind: 'open-auction',
      member,
      collateral: 'ETH',
      maxSpend: 250_000_000_000n,
      ...AUCTION_TERMS,
      authority,
    });
  });

  const good = encodeAction(addresses, tightening, authority);
  it.each([
    ['another target', { ...good, to: at('99') }],
    ['another function', { ...good, data: '0xdeadbeef' as const }],
    ['bytes after the end', { ...good, data: `${good.data}00` as const }],
    [
      'set bits beside a small number',
      { ...good, data: `${good.data.slice(0, 10 + 128)}01${good.data.slice(10 + 130)}` as `0x${string}` },
    ],
  ])('error: PRO-107 for %s', (_, call) => {
    expect(() => decodeAction(addresses, call)).toThrow(expect.objectContaining({ code: 'PRO-107' }));
  });
});

describe('encodeAction', () => {
  it.each([
    ['an unknown asset', { ...tightening, asset: 'DOGE' }],
    ['a fraction of a basis point', { ...tightening, ltBpsTo: 8_250.5 }],
    ['a negative value', { ...tightening, ltvBpsTo: -1 }],
    ['more than everything', { ...tightening, ltBpsTo: 10_001 }],
    ['a fraction of a dollar', { ...tranche, maxSpendUsd: 0.5 }],
  ])('error: PRO-106 for %s', (_, action) => {
    expect(() => encodeAction(addresses, action, authority)).toThrow(
      expect.objectContaining({ code: 'PRO-106' }),
    );
  });
});

describe('describePayload', () => {
  it('default: says what changes, in which direction, and how long', () => {
    expect(describePayload(addresses, [tightening, tranche])).toBe(
      [
        'Tighten ETH at aave-local: loan to value 80.50 % to 80.00 % (stricter) at once, liquidation threshold 83.00 % to 82.50 % (stricter) over 1 h; lapses after 72 h towards the baseline.',
        'Buy ETH seized at aave-local from the backstop for at most 250000.000000 USDC, discount 2.50 % falling to 2.00 % over 1 d.',
      ].join('\n'),
    );
  });

  it('behavior: a loosening is called one, an unchanged value stays', () => {
    const text = describePayload(addresses, [
      { ...tightening, lever: 'margin-baseline', ltvBpsTo: 8_050, ltBpsTo: 8_325, rampSec: 0 },
    ]);
    expect(text).toBe(
      'Set the voted baseline of ETH at aave-local: loan to value stays 80.50 % at once, liquidation threshold 83.00 % to 83.25 % (looser) at once.',
    );
  });
});
