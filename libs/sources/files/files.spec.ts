import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { encodeSnapshot } from '#libs/market/index';
import {
  assembleMarket,
  readDeribitChain,
  readMakerParameters,
  readMakerVaults,
  readUniswapTicks,
  SourceError,
} from '../index.js';
import { activeLiquidity } from '../chain/tick-map.js';
import { realDataTest } from '#test/support/real-data';

// Expected figures are those of the data set's README, or counted from the files with awk.
const DERIBIT = 'options/deribit_chain_20260126T212449Z.csv.gz';
const TICKS = 'amm/univ3_mainnet_usdc_weth_005_ticks_202601.csv.gz';
const STATE = 'amm/univ3_mainnet_usdc_weth_005_state_202601.json';
const VAULTS = 'lending/maker_ethb_vaults_20221105T000000Z.csv';
const PARAMETERS = 'lending/maker_ethb_parameters.csv';

function temporaryFile(name: string, text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'sources-')), name);
  writeFileSync(path, text);
  return path;
}

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return null;
}

describe('readUniswapTicks', () => {
  realDataTest(it, [TICKS, STATE])(
    'default: the mainnet ETH/USDC pool of 24 January 2026',
    ([ticks, state]) => {
      const pool = readUniswapTicks(ticks!, state!);
      expect(pool.ticks).toHaveLength(3510);
      expect(pool.ticks.reduce((sum, tick) => sum + tick.liquidityNet, 0n)).toBe(-2655n);
      // The source kept doubles, so the sum is exact to their 53 bits.
      expect(Number(activeLiquidity(pool.ticks, pool.currentTick)) / Number(pool.liquidity)).toBeCloseTo(
        1,
        15,
      );
      expect(pool.price).toBeCloseTo(2948.6, 0);
      expect(pool.fee).toBe(0.0005);
      const active = pool.ranges.filter(
        (range) => range.priceLower <= pool.price && pool.price < range.priceUpper,
      );
      expect(active).toHaveLength(1);
      // L in whole tokens: raw / 10^((18 + 6)/2).
      expect(active[0]!.liquidity).toBeCloseTo(Number(pool.liquidity) / 1e12, 3);
    },
  );

  it('error: SRC-205 names the fields of a bad state', () => {
    const ticks = temporaryFile('ticks.csv', 'tick,liquidity_net\n0,1\n');
    const state = temporaryFile('state.json', '{"fee_pips":500}');
    const error = thrownBy(() => readUniswapTicks(ticks, state));
    expect(error).toMatchObject({ code: 'SRC-205' });
    expect((error as SourceError).message).toContain('sqrt_price_x96');
  });
});

describe('readDeribitChain', () => {
  realDataTest(it, [DERIBIT])('default: 1,324 options, 678 of them on ETH', ([path]) => {
    const quotes = readDeribitChain(path!);
    expect(quotes).toHaveLength(1324);
    const ether = quotes.filter((quote) => quote.currency === 'ETH');
    expect(ether).toHaveLength(678);
    const interest = ether.reduce((sum, quote) => sum + quote.openInterest, 0);
    expect(Math.abs(interest - (1_042_380 + 707_451))).toBeLessThan(2);
    // tte_years is (expiry - ts) / 365.25 days or 365 days: within 0.2 % of ACT/365.
    for (const quote of quotes)
      expect((quote.expiry - quote.time) / 31_536_000 / quote.tenorYears).toBeCloseTo(1, 2);
  });

  it('error: SRC-203 names file, line, column and value', () => {
    const header =
      'ts_ms,currency,instrument,type,strike,expiry,tte_years,underlying,underlying_price,index_price,bid,ask,mark,mark_iv,delta,vega_usd,open_interest,volume_24h';
    const row = '1,ETH,X,C,NaN,2026-01-26T08:00:00Z,0.1,u,1,1,,,0.1,0.5,0.5,1,1,1';
    const error = thrownBy(() => readDeribitChain(temporaryFile('chain.csv', `${header}\n${row}\n`)));
    expect(error).toMatchObject({ code: 'SRC-203', fields: { line: 2, column: 'strike', value: 'NaN' } });
  });

  it('error: SRC-202 for missing columns and ragged rows, SRC-201 for no file and damaged gzip', () => {
    expect(thrownBy(() => readDeribitChain(temporaryFile('a.csv', 'ts_ms\n1\n')))).toMatchObject({
      code: 'SRC-202',
    });
    expect(
      thrownBy(() => readMakerVaults(temporaryFile('b.csv', 'vault,collateral_eth\n1\n'))),
    ).toMatchObject({ code: 'SRC-202' });
    expect(thrownBy(() => readDeribitChain('/nowhere/x.csv'))).toMatchObject({ code: 'SRC-201' });
    expect(thrownBy(() => readDeribitChain(temporaryFile('c.csv.gz', 'not gzip')))).toMatchObject({
      code: 'SRC-201',
    });
  });
});

describe('readMakerVaults and readMakerParameters', () => {
  realDataTest(it, [VAULTS, PARAMETERS])(
    'default: 116 vaults; ratio 1.3, penalty 13 %, dust 40,000 DAI',
    ([vaults, parameters]) => {
      expect(readMakerVaults(vaults!)).toHaveLength(116);
      expect(readMakerVaults(vaults!)[0]).toEqual({
        vault: '16177',
        collateralEth: 0.616,
        normalisedDebt: 141.8546798,
        debtDai: 158.679583948,
      });
      expect(readMakerParameters(parameters!, 1_667_606_400)).toEqual({
        liquidationRatio: 1.3,
        penalty: 0.13,
        dustDai: 40_000,
      });
      // Before the change of block 13771441 (9 December 2021) the dust was 30,000 DAI.
      expect(readMakerParameters(parameters!, 1_639_058_423).dustDai).toBe(30_000);
      expect(thrownBy(() => readMakerParameters(parameters!, 0))).toMatchObject({ code: 'SRC-204' });
    },
  );
});

describe('assembleMarket', () => {
  realDataTest(it, [DERIBIT, TICKS, STATE, VAULTS, PARAMETERS])(
    'default: one valid snapshot of January 2026',
    ([deribitChain, uniswapTicks, uniswapState, makerVaults, makerParameters]) => {
      const files = {
        deribitChain: deribitChain!,
        uniswapTicks: uniswapTicks!,
        uniswapState: uniswapState!,
        makerVaults: makerVaults!,
        makerParameters: makerParameters!,
      };
      const snapshot = assembleMarket(files);
      // The last ETH index of the chain (awk).
      expect(snapshot.assets.find((asset) => asset.id === 'ETH')?.spot).toBe(2904.48);
      // 116 vaults less the five whose tiny debt is under water (awk over the file).
      expect(snapshot.lending[0]!.positions).toHaveLength(111);
      expect(snapshot.provenance.sources).toContain(
        'left out as residues of emptied vaults: 24129, 24685, 25372, 25454, 28215',
      );
      expect(snapshot.lending[0]!.markets.find((market) => market.asset === 'ETH')?.lt).toBeCloseTo(
        1 / 1.3,
        12,
      );
      const lines = snapshot.books[0]!.options;
      const calls = lines.filter((line) => line.type === 'C').reduce((sum, line) => sum + line.quantity, 0);
      const puts = lines.filter((line) => line.type === 'P').reduce((sum, line) => sum + line.quantity, 0);
      expect(calls / (0.002 * 1_042_380)).toBeCloseTo(1, 3);
      expect(puts / (-0.002 * 707_451)).toBeCloseTo(1, 3);
      expect(snapshot.provenance.sources.join()).toContain('naive dealer signs');
      expect(encodeSnapshot(assembleMarket(files)).root).toBe(encodeSnapshot(snapshot).root);
    },
  );
});
