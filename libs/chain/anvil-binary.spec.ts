import { describe, expect, it } from '@jest/globals';
import { anvilBinary } from './anvil-binary.js';
import { anvilArguments } from './anvil.js';

describe('anvilBinary', () => {
  it('error: CHN-102 for an ANVIL_BIN that is no executable', () => {
    const lookup = {
      env: { ANVIL_BIN: '/nonexistent/anvil' },
      platform: process.platform,
      arch: process.arch,
    };
    expect(() => anvilBinary(lookup)).toThrow(
      expect.objectContaining({ code: 'CHN-102', fields: { path: '/nonexistent/anvil' } }),
    );
  });

  it('error: CHN-101 names the platform and what to install', () => {
    const lookup = { env: { PATH: '' }, platform: 'sunos' as const, arch: 'sparc' };
    expect(() => anvilBinary(lookup)).toThrow(
      expect.objectContaining({ code: 'CHN-101', message: expect.stringContaining('ANVIL_BIN') }),
    );
  });

  it('behavior: a stated executable wins', () => {
    expect(anvilBinary({ env: { ANVIL_BIN: process.execPath }, platform: 'linux', arch: 'x64' })).toBe(
      process.execPath,
    );
  });
});

describe('anvilArguments', () => {
  it('behavior: listens on the loopback alone and passes what is stated', () => {
    const args = anvilArguments(
      { chainId: 31337, fork: { url: 'http://127.0.0.1:1', blockNumber: 7n } },
      4242,
    );
    expect(args.join(' ')).toBe(
      '--host 127.0.0.1 --port 4242 --chain-id 31337 --gas-limit 60000000 --fork-url http://127.0.0.1:1 --fork-block-number 7 --accounts 1',
    );
  });
});
