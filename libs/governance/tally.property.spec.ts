import { describe, expect, it } from '@jest/globals';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import fc from 'fast-check';
import { digestOfNumber } from '#test/support/governance/proposals';
import { POLICY } from './policy.js';
import {
  ballotProof,
  lateQuorumClose,
  quorumOf,
  retally,
  tally,
  verifyBallotProof,
  type CountedBallot,
  type TallyFacts,
} from './tally.js';

const PROPOSAL = digestOfNumber(900);
const facts: TallyFacts = {
  proposal: PROPOSAL,
  timepoint: 1_000,
  closedAt: 2_000,
  countedSupply: 10_000n,
  policy: POLICY,
};
const voter = (n: number): `0x${string}` => `0x${n.toString(16).padStart(40, '0')}`;
const choice = fc.constantFrom('for' as const, 'against' as const, 'abstain' as const);

/** Ballots of distinct nonces per voter, as the intake accepts them. */
const ballots: fc.Arbitrary<readonly CountedBallot[]> = fc
  .array(
    fc.record({ who: fc.integer({ min: 1, max: 12 }), choice, power: fc.bigInt({ min: 1n, max: 500n }) }),
    { minLength: 1, maxLength: 25 },
  )
  .map((rows) =>
    rows.map((row, i) => ({
      ballot: digestOfNumber(1_000 + i),
      voter: voter(row.who),
      choice: row.choice,
      nonce: i,
      power: row.power,
    })),
  );

describe('tally', () => {
  it('GOV-P12: the tally does not depend on the order of the ballots', () => {
    const shuffled = ballots.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray([...list], { minLength: list.length })),
    );
    fc.assert(
      fc.property(shuffled, ([list, other]) => expect(tally(facts, other)).toEqual(tally(facts, list))),
    );
  });

  it('GOV-P13: every counted ballot has a proof, and no altered leaf has', () => {
    fc.assert(
      fc.property(ballots, fc.nat(), (list, pick) => {
        const counted = tally(facts, list);
        for (const leaf of counted.leaves) {
          const proof = ballotProof(counted, leaf.voter);
          expect(proof !== null && verifyBallotProof(PROPOSAL, counted.root, proof)).toBe(true);
        }
        const proof = ballotProof(counted, counted.leaves[pick % counted.leaves.length]?.voter ?? '');
        if (proof === null) throw new RangeError('a counted voter has a proof');
        const altered = { ...proof, leaf: { ...proof.leaf, power: String(BigInt(proof.leaf.power) + 1n) } };
        expect(verifyBallotProof(PROPOSAL, counted.root, altered)).toBe(false);
        expect(verifyBallotProof(digestOfNumber(901), counted.root, proof)).toBe(false);
      }),
    );
  });

  it('GOV-P14: each voter counts once, with the ballot of the highest nonce', () => {
    fc.assert(
      fc.property(ballots, (list) => {
        const counted = tally(facts, list);
        expect(new Set(counted.leaves.map((l) => l.voter)).size).toBe(counted.leaves.length);
        for (const leaf of counted.leaves) {
          const own = list.filter((b) => b.voter === leaf.voter);
          expect(leaf.ballot).toBe(own[own.length - 1]?.ballot);
        }
      }),
    );
  });

  it('GOV-P15: one more vote in favour never turns success into defeat', () => {
    fc.assert(
      fc.property(ballots, fc.bigInt({ min: 1n, max: 500n }), (list, power) => {
        const more = [
          ...list,
          { ballot: digestOfNumber(5), voter: voter(99), choice: 'for' as const, nonce: 0, power },
        ];
        if (tally(facts, list).outcome === 'succeeded') expect(tally(facts, more).outcome).toBe('succeeded');
      }),
    );
  });

  it('GOV-P16: a recount finds a tally that leaves a ballot out or changes a sum', () => {
    fc.assert(
      fc.property(ballots, (list) => {
        const counted = tally(facts, list);
        expect(retally(counted, facts, list)).toEqual([]);
        const last = list[list.length - 1];
        const without = list.slice(0, -1);
        if (last !== undefined)
          expect(retally(tally(facts, without), facts, list).map((d) => d.field)).toContain('root');
        expect(
          retally({ ...counted, for: String(BigInt(counted.for) + 1n) }, facts, list).map((d) => d.field),
        ).toEqual(['for']);
      }),
    );
  });

  it('default: the root of two leaves equals one built by hand from the ABI words', () => {
    const list: readonly CountedBallot[] = [
      { ballot: digestOfNumber(11), voter: voter(1), choice: 'for', nonce: 0, power: 3n },
      { ballot: digestOfNumber(12), voter: voter(2), choice: 'against', nonce: 0, power: 2n },
    ];
    const word = (n: number): string => n.toString(16).padStart(64, '0');
    const leafOf = (words: readonly number[]): Uint8Array =>
      keccak_256(keccak_256(hexToBytes(words.map(word).join(''))));
    const [a, b] = [leafOf([900, 11, 1, 1, 3]), leafOf([900, 12, 2, 0, 2])].map(bytesToHex).sort();
    expect(tally(facts, list).root).toBe(`0x${bytesToHex(keccak_256(hexToBytes(`${a}${b}`)))}`);
  });

  it('default: quorum is 4 % of the counted supply, rounded up, and abstentions take part', () => {
    expect(quorumOf(10_000n, POLICY)).toBe(400n);
    expect(quorumOf(10_001n, POLICY)).toBe(401n);
    const vote = (power: bigint, kind: 'for' | 'abstain', n: number): CountedBallot => ({
      ballot: digestOfNumber(n),
      voter: voter(n),
      choice: kind,
      nonce: 0,
      power,
    });
    expect(tally(facts, [vote(1n, 'for', 1), vote(398n, 'abstain', 2)])).toMatchObject({
      quorumReached: false,
      outcome: 'defeated',
    });
    expect(tally(facts, [vote(1n, 'for', 1), vote(399n, 'abstain', 2)])).toMatchObject({
      quorumReached: true,
      outcome: 'succeeded',
    });
  });

  it('behavior: a quorum reached late moves the close, one reached early does not', () => {
    const at = (receivedAt: number): CountedBallot & { receivedAt: number } => ({
      ballot: digestOfNumber(1),
      voter: voter(1),
      choice: 'for',
      nonce: 0,
      power: 400n,
      receivedAt,
    });
    const closing = { closedAt: 500_000, countedSupply: 10_000n, policy: POLICY };
    expect(lateQuorumClose(closing, [at(500_000 - POLICY.lateQuorumExtensionSec)])).toBeNull();
    expect(lateQuorumClose(closing, [at(499_999)])).toBe(499_999 + POLICY.lateQuorumExtensionSec);
    expect(lateQuorumClose(closing, [{ ...at(499_999), power: 399n }])).toBeNull();
  });

  it('error: GOV-104 two ballots of one voter with one nonce', () => {
    const one: CountedBallot = {
      ballot: digestOfNumber(1),
      voter: voter(1),
      choice: 'for',
      nonce: 0,
      power: 1n,
    };
    const code = (list: readonly CountedBallot[]): unknown => {
      try {
        return tally(facts, list).outcome;
      } catch (error) {
        return error instanceof Error && 'code' in error ? error.code : error;
      }
    };
    expect(code([one, { ...one, ballot: digestOfNumber(2) }])).toBe('GOV-104');
    expect(code([{ ...one, power: 0n }])).toBe('GOV-104');
  });
});
