import { describe, expect, it } from '@jest/globals';
import { aLendingProtocol, aPosition, aSnapshot } from '#test/support/builders';
import { inColumns } from '#test/support/columnar';
import { positionCount, positionsOf } from './position-columns.js';

const positions = [
  aPosition({ id: 'a', collateral: { ETH: 2, BTC: 1 }, debt: { USDC: 5 } }),
  aPosition({ id: 'b', collateral: {}, debt: {}, eMode: 'stables' }),
  aPosition({ id: 'é€𝄞', debt: { USDC: 7, ETH: 1 } }),
  aPosition({ id: '￿', topUp: { chain: 'eip155:1', asset: 'ETH', amount: 3, ifHfBelow: 1.1 } }),
];

describe('positionsOf', () => {
  const [protocol] = inColumns(aSnapshot({ lending: [aLendingProtocol({ positions })] })).lending;

  it('default: gives back the positions that were laid out as columns', () => {
    const back = [...positionsOf(protocol!)];
    expect(back.sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual(
      [...positions].sort((a, b) => (a.id < b.id ? -1 : 1)),
    );
  });

  it('behavior: objects are given as they are', () => {
    expect([...positionsOf(aLendingProtocol({ positions }))]).toEqual(positions);
  });

  it('behavior: both are counted', () => {
    expect(positionCount(protocol!)).toBe(4);
    expect(positionCount(aLendingProtocol({ positions }))).toBe(4);
  });
});
