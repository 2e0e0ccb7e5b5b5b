import { describe, expect, it } from '@jest/globals';
import { rpcAnswer } from './rpc-answer.js';

/** Texts as clients really answer: Anvil 1.7.1, geth, Nethermind, Besu and the HTTP layer below them. */
const TEXTS: readonly (readonly [string, string])[] = [
  ['already-known', 'transaction already imported'],
  ['already-known', 'already known'],
  ['already-known', 'AlreadyKnown'],
  ['nonce-too-low', 'nonce too low: address 0x00, tx: 1 state: 2'],
  ['nonce-too-low', 'OldNonce'],
  ['nonce-too-high', 'nonce too high'],
  ['underpriced', 'replacement transaction underpriced'],
  ['underpriced', 'max fee per gas less than block base fee'],
  ['insufficient-funds', 'Insufficient funds for gas * price + value'],
  ['gas-limit', 'intrinsic gas too high -- tx.gas_limit > env.block.gas_limit'],
  ['other-chain', 'invalid chain id for signer'],
  ['rate-limited', '429 Too Many Requests'],
  ['reverted', 'execution reverted: GS026'],
  ['behind', 'header not found'],
  ['slow', 'The request took too long to respond.'],
  ['down', 'fetch failed'],
  ['down', '503 Service Unavailable'],
  ['unknown', 'the moon is full'],
];

describe('rpcAnswer', () => {
  it.each(TEXTS)('reads %s out of "%s"', (kind, details) => {
    expect(rpcAnswer({ name: 'RpcRequestError', details }).kind).toBe(kind);
  });

  it('behavior: looks through the causes of a wrapped error', () => {
    const wrapped = {
      name: 'TransactionExecutionError',
      shortMessage: 'Missing or invalid parameters.',
      cause: { details: 'nonce too low' },
    };
    expect(rpcAnswer(wrapped)).toMatchObject({
      kind: 'nonce-too-low',
      retryable: false,
      outcomeUnknown: true,
    });
  });

  it('behavior: a lost response is an unknown outcome, not a failure', () => {
    expect(
      rpcAnswer({ shortMessage: 'HTTP request failed.', cause: { message: 'socket hang up' } }),
    ).toMatchObject({ kind: 'down', outcomeUnknown: true });
  });

  it('behavior: an answer nobody knows is neither retried nor taken for a failure', () => {
    expect(rpcAnswer('what?')).toMatchObject({ kind: 'unknown', retryable: false, outcomeUnknown: true });
  });

  it('behavior: words inside the request do not decide', () => {
    const error = {
      shortMessage: 'Execution failed.',
      details: 'insufficient funds',
      message: 'Request: eth_call data: "timeout"',
    };
    expect(rpcAnswer(error).kind).toBe('insufficient-funds');
  });
});
