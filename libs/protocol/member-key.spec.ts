import { describe, expect, it } from '@jest/globals';
import { memberKey, memberOfKey } from './member-key.js';

describe('memberKey', () => {
  it('default: ASCII, left-aligned (ASCII table: a = 61, v = 76, e = 65)', () => {
    expect(memberKey('aave')).toBe(`0x61617665${'00'.repeat(28)}`);
    expect(memberOfKey(memberKey('aave-local'))).toBe('aave-local');
  });

  it.each(['', 'a b', 'é', 'x'.repeat(32), 'a\0'])('error: PRO-101 for "%s"', (member) => {
    expect(() => memberKey(member)).toThrow(expect.objectContaining({ code: 'PRO-101' }));
  });

  it('error: PRO-101 for a key with bytes after the end', () => {
    expect(() => memberOfKey(`0x61006100${'00'.repeat(28)}`)).toThrow(
      expect.objectContaining({ code: 'PRO-101' }),
    );
  });
});
