import { protocolOf, type AccountTable } from '../lending/account-table.js';
import type { Examiner } from './examiner.js';
import {
  isExhausted,
  lookAt,
  reserveMark,
  wantLiquidation,
  type Look,
  type Unhealthy,
} from './margin-calls.js';
import { addOrder, offerOrder } from './round-orders.js';
import type { RunState } from './run-state.js';

/**
 * Where the indexed examiner keeps every account it has met, in lists through `next`: an account is on one list at most. Waiting accounts were healthy when last looked at; restless ones are looked at every round; held ones
 * want a liquidation that their market cannot fill.
 */
export interface IndexMemory {
  /** By cohort: a lower bound of every account's health over its health at the snapshot, through all prices since. */
  readonly mark: Float64Array;
  /** 1 where that bound is of no use any more: its accounts are looked at every round. */
  readonly lost: Uint8Array;
  /** By cohort and bucket of the key, a ring of BUCKETS of 1/64 of an octave: a falling mark wakes bucket after bucket. */
  readonly waiting: Int32Array;
  /** No key of the cohort's waiting accounts is larger: above it no one needs a look. */
  readonly waitingMax: Float32Array;
  /** By account: the one after it on its list. */
  readonly next: Int32Array;
  /** By account: it needs a look once the mark of its cohort has fallen below this. */
  readonly key: Float32Array;
  /** The bits of `key`, and of the one number in `oneKey`. */
  readonly keyBits: Int32Array;
  readonly oneKey: Float32Array;
  readonly oneBits: Int32Array;
  /** By protocol. */
  readonly restless: Int32Array;
  /** By market; `heldMarkets` lists the markets with a list. */
  readonly held: Int32Array;
  readonly heldMarkets: Int32Array;
  heldCount: number;
  readonly isHeld: Uint8Array;
  /** 1 once the protocol has been looked at in this run. */
  readonly met: Uint8Array;
  /** Price times threshold of each terms row, and each protocol's price of each asset, when last seen and at the snapshot. */
  readonly seenTerms: Float64Array;
  readonly seenDebt: Float64Array;
  readonly firstTerms: Float64Array;
  /** Ratios of the present round, since it was last seen and since the snapshot. */
  readonly stepTerms: Float64Array;
  readonly stepDebt: Float64Array;
}

/** Rounding a key to float32 and all rounding in marks and healths stay below this share. */
const KEY_SLACK = 1 + 4.76837158203125e-7;
/** Buckets of waiting accounts, and how far the bits of a float32 are shifted to number them: 64 to the octave. */
const BUCKETS = 64;
const BUCKET_SHIFT = 17;
/** A mark outside is as good as none. */
const SMALLEST_MARK = 1e-30;
const LARGEST_MARK = 1e30;

/** Memory of the index before a run. */
export function indexMemory(accounts: AccountTable, assets: number): IndexMemory {
  const { terms, cohorts, firstOfProtocol } = accounts;
  const markets = terms.asset.length * assets;
  const protocols = firstOfProtocol.length - 1;
  const column = (length: number): Float64Array => new Float64Array(length);
  const key = new Float32Array(accounts.count);
  const oneKey = new Float32Array(1);
  return {
    mark: column(cohorts.protocol.length),
    lost: new Uint8Array(cohorts.protocol.length),
    waiting: new Int32Array(cohorts.protocol.length * BUCKETS),
    waitingMax: new Float32Array(cohorts.protocol.length),
    next: new Int32Array(accounts.count),
    key,
    keyBits: new Int32Array(key.buffer),
    oneKey,
    oneBits: new Int32Array(oneKey.buffer),
    restless: new Int32Array(protocols),
    held: new Int32Array(markets).fill(-1),
    heldMarkets: new Int32Array(markets),
    heldCount: 0,
    isHeld: new Uint8Array(markets),
    met: new Uint8Array(protocols),
    seenTerms: column(terms.asset.length),
    seenDebt: column(protocols * assets),
    firstTerms: column(terms.asset.length),
    stepTerms: column(terms.asset.length),
    stepDebt: column(assets),
  };
}

/**
 * The examiner that looks only where a bound leaves doubt.
 *
 * An account's health is a ratio of sums of prices with positive weights, so over any move of prices it changes at least by
 * the factor (smallest ratio of a collateral's price x threshold) / (largest ratio of a debt's price). The product of these
 * factors along the run is the cohort's mark; with one collateral and one debt it is exact and path-independent. Accounts
 * sorted by health at the snapshot are reached one after another as the mark falls; an account that was healthy at mark M
 * with health h needs no look before the mark is below M / h.
 *
 * @param holdsBack whether orders whose market cannot fill them may stay off the book
 */
export function indexedExaminer(holdsBack: boolean): Examiner {
  const look: Look = { health: 0, toppedUp: false };
  const found: Unhealthy = { account: 0, price: new Float64Array(0), health: 0 };
  const round: Round = { toppedUp: false, look, found };
  return {
    begin: start,
    examine(current, p) {
      round.toppedUp = false;
      found.price = current.oracles[p]!.price;
      const { firstOfProtocol } = current.system.accounts.cohorts;
      const end = firstOfProtocol[p + 1]!;
      const moved = takeSteps(current, p);
      // Marks first: whoever is put to wait below waits from the marks of this round.
      if (moved) for (let g = firstOfProtocol[p]!; g < end; g += 1) moveMark(current, g);
      examineRestless(current, p, round);
      if (moved) for (let g = firstOfProtocol[p]!; g < end; g += 1) examineCohort(current, g, round);
      offerHeld(current, p, round);
      return round.toppedUp;
    },
    release: (current, market) => release(current, market, round),
    endRound: (current) => putAway(current, holdsBack),
  };
}

interface Round {
  readonly look: Look;
  /** The account at hand and its protocol's prices. */
  readonly found: Unhealthy;
  toppedUp: boolean;
}

function start(state: RunState): void {
  const { index, system } = state;
  const { terms } = system.accounts;
  const assets = system.assets.ids.length;
  index.mark.fill(1);
  index.lost.fill(0);
  index.waiting.fill(-1);
  index.waitingMax.fill(0);
  index.restless.fill(-1);
  index.met.fill(0);
  index.held.fill(-1);
  index.isHeld.fill(0);
  index.heldCount = 0;
  for (let t = 0; t < terms.asset.length; t += 1)
    index.seenTerms[t] = system.assets.spot[terms.asset[t]!]! * terms.lt[t]!;
  index.firstTerms.set(index.seenTerms);
  for (let p = 0; p < state.oracles.length; p += 1) index.seenDebt.set(system.assets.spot, p * assets);
}

/** Ratios of this round's prices to those last seen. @returns whether anything has moved */
function takeSteps(state: RunState, p: number): boolean {
  const { index, system, lt } = state;
  const { terms } = system.accounts;
  const { price } = state.oracles[p]!;
  let moved = index.met[p] === 0;
  index.met[p] = 1;
  for (let t = 0; t < terms.asset.length; t += 1) {
    if (terms.protocol[t] !== p) continue;
    const now = price[terms.asset[t]!]! * lt[t]!;
    if (now !== index.seenTerms[t]) moved = true;
    index.stepTerms[t] = index.seenTerms[t]! > 0 ? now / index.seenTerms[t]! : 1;
    index.seenTerms[t] = now;
  }
  const own = p * price.length;
  for (let i = 0; i < price.length; i += 1) {
    const now = price[i]!;
    const before = index.seenDebt[own + i]!;
    if (now !== before) moved = true;
    index.stepDebt[i] = before > 0 ? now / before : now > 0 ? Infinity : 1;
    index.seenDebt[own + i] = now;
  }
  return moved;
}

/** Once a mark is of no use, everyone of the cohort is looked at in every round: 0 wakes all who wait, and none wait again. */
function moveMark(state: RunState, g: number): void {
  const { index, system } = state;
  const { cohorts } = system.accounts;
  if (index.lost[g] !== 0 || cohorts.firstDebt[g] === cohorts.firstDebt[g + 1]) return;
  index.mark[g] = nextMark(state, g);
  if (index.mark[g]! > SMALLEST_MARK && index.mark[g]! < LARGEST_MARK) return;
  index.lost[g] = 1;
  index.mark[g] = 0;
}

/** The cohort's mark after this round's step. */
function nextMark(state: RunState, g: number): number {
  const { index, system } = state;
  const { cohorts } = system.accounts;
  const firstTerm = cohorts.firstTerm[g]!;
  const firstDebt = cohorts.firstDebt[g]!;
  const termsEnd = cohorts.firstTerm[g + 1]!;
  const debtsEnd = cohorts.firstDebt[g + 1]!;
  if (termsEnd - firstTerm === 1 && debtsEnd - firstDebt === 1) return pairMark(state, g);
  let fall = Infinity;
  let rise = 0;
  for (let j = firstTerm; j < termsEnd; j += 1) fall = Math.min(fall, index.stepTerms[cohorts.terms[j]!]!);
  for (let j = firstDebt; j < debtsEnd; j += 1) rise = Math.max(rise, index.stepDebt[cohorts.debts[j]!]!);
  return (index.mark[g]! * fall) / rise;
}

/** One collateral, one debt: health moves exactly like the ratio of their prices, whatever the path. */
function pairMark(state: RunState, g: number): number {
  const { index, system } = state;
  const { cohorts } = system.accounts;
  const t = cohorts.terms[cohorts.firstTerm[g]!]!;
  const debt = cohorts.debts[cohorts.firstDebt[g]!]!;
  const spot = system.assets.spot[debt]!;
  const own = cohorts.protocol[g]! * system.assets.ids.length;
  return index.seenTerms[t]! / index.firstTerms[t]! / (index.seenDebt[own + debt]! / spot);
}

function examineCohort(state: RunState, g: number, round: Round): void {
  const { index, reached, system } = state;
  const { cohorts } = system.accounts;
  const end = cohorts.first[g + 1]!;
  if (cohorts.firstDebt[g] === cohorts.firstDebt[g + 1]) return;
  const mark = index.mark[g]!;
  if (mark < index.waitingMax[g]!) wake(state, g, round);
  while (reached[g]! < end && !(cohorts.reach[reached[g]!]! * mark >= 1)) {
    const account = reached[g]!;
    reached[g] = account + 1;
    examineAccount(state, account, round);
  }
}

/** Looks at those whose key the mark has passed, from the largest key down. */
function wake(state: RunState, g: number, round: Round): void {
  const { index } = state;
  const mark = index.mark[g]!;
  const highest = bucketOf(index, index.waitingMax[g]!);
  const lowest = Math.max(bucketOf(index, mark), highest - BUCKETS + 1);
  index.waitingMax[g] = mark;
  for (let bucket = highest; bucket >= lowest; bucket -= 1) {
    const list = g * BUCKETS + (bucket & (BUCKETS - 1));
    let account = index.waiting[list]!;
    index.waiting[list] = -1;
    while (account >= 0) {
      const after = state.index.next[account]!;
      if (mark < index.key[account]!) examineAccount(state, account, round);
      else wait(state, g, account);
      account = after;
    }
  }
}

/** Bits of a positive float32 order like the number. */
function bucketOf(index: IndexMemory, key: number): number {
  index.oneKey[0] = key;
  return index.oneBits[0]! >> BUCKET_SHIFT;
}

function wait(state: RunState, g: number, account: number): void {
  const { index } = state;
  const list = g * BUCKETS + ((index.keyBits[account]! >> BUCKET_SHIFT) & (BUCKETS - 1));
  index.next[account] = index.waiting[list]!;
  index.waiting[list] = account;
  if (index.key[account]! > index.waitingMax[g]!) index.waitingMax[g] = index.key[account]!;
}

function examineRestless(state: RunState, p: number, round: Round): void {
  const { index } = state;
  let account = index.restless[p]!;
  index.restless[p] = -1;
  while (account >= 0) {
    const after = index.next[account]!;
    examineAccount(state, account, round);
    account = after;
  }
}

function examineAccount(state: RunState, account: number, round: Round): void {
  if (state.writtenOff[account] !== 0) return;
  const { look, found } = round;
  found.account = account;
  lookAt(state, found, look);
  if (look.toppedUp) round.toppedUp = true;
  found.health = look.health;
  if (look.health < 1 && wantLiquidation(state, found)) addOrder(state, found.price);
  else rest(state, account, look.health);
}

/** Puts an account without an order on the list where it is found when it needs the next look. */
function rest(state: RunState, account: number, health: number): void {
  const { index, system } = state;
  if (health === Infinity) return;
  const g = system.accounts.cohorts.ofShape[system.accounts.shape[account]!]!;
  const mark = reserveMark(state, account);
  if (health < 1 || index.lost[g] !== 0) {
    if (health >= 1 || mark > 0 || !isExhausted(state, account)) worry(state, account);
    return;
  }
  index.key[account] = ((index.mark[g]! * Math.max(1, mark)) / health) * KEY_SLACK;
  wait(state, g, account);
}

function worry(state: RunState, account: number): void {
  const { index, system } = state;
  const p = protocolOf(system.accounts, account);
  index.next[account] = index.restless[p]!;
  index.restless[p] = account;
}

/** Puts the orders of the round that ended where their accounts are found again. */
function putAway(state: RunState, holdsBack: boolean): void {
  const { head, rows, open, openCount, blocked } = state.orders;
  for (let j = 0; j < openCount; j += 1) {
    const market = open[j]!;
    const holds = holdsBack && blocked[market] !== 0;
    for (let row = head[market]!; row >= 0; row = rows.next[row]!) {
      const account = rows.account[row]!;
      if (holds && hasOneMarket(state, account)) hold(state, market, account);
      else if (state.writtenOff[account] === 0) worry(state, account);
    }
  }
}

/** Whether what the account wants to sell and repay cannot change until it is liquidated. */
function hasOneMarket(state: RunState, account: number): boolean {
  const { shapes, shape } = state.system.accounts;
  const own = shape[account]!;
  // Whoever may have to wait anew must be seen when it recovers.
  if (state.system.accounts.waits) return false;
  return shapes.first[own + 1]! - shapes.firstDebt[own]! === 1 && reserveMark(state, account) === 0;
}

function hold(state: RunState, market: number, account: number): void {
  const { index } = state;
  index.next[account] = index.held[market]!;
  index.held[market] = account;
  if (index.isHeld[market] !== 0) return;
  index.isHeld[market] = 1;
  index.heldMarkets[index.heldCount++] = market;
}

/** Offers one order of every market with held ones, as a sign that there are some; forgets markets without. */
function offerHeld(state: RunState, p: number, round: Round): void {
  const { index, system } = state;
  const assets = system.assets.ids.length;
  let kept = 0;
  for (let j = 0; j < index.heldCount; j += 1) {
    const market = index.heldMarkets[j]!;
    const own = system.accounts.terms.protocol[Math.floor(market / assets)] === p;
    if (own && !offerOne(state, market, round)) index.isHeld[market] = 0;
    else index.heldMarkets[kept++] = market;
  }
  index.heldCount = kept;
}

/** @returns false once nobody is held in the market */
function offerOne(state: RunState, market: number, round: Round): boolean {
  const { index } = state;
  const { found, look } = round;
  while (index.held[market]! >= 0) {
    const account = index.held[market]!;
    found.account = account;
    lookAt(state, found, look);
    found.health = look.health;
    if (look.health < 1 && wantLiquidation(state, found)) {
      offerOrder(state, market, found.price);
      return true;
    }
    index.held[market] = index.next[account]!;
    rest(state, account, look.health);
  }
  return false;
}

function release(state: RunState, market: number, round: Round): void {
  const { index, system } = state;
  const p = system.accounts.terms.protocol[Math.floor(market / system.assets.ids.length)]!;
  round.found.price = state.oracles[p]!.price;
  let account = index.held[market]!;
  index.held[market] = -1;
  while (account >= 0) {
    const after = index.next[account]!;
    examineAccount(state, account, round);
    account = after;
  }
}
