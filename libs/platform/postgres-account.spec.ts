import { describe, expect, it } from '@jest/globals';
import { NoUnprivilegedAccountError } from './platform-error.js';
import { postgresAccount } from './postgres-account.js';
import { loadFailure } from './postgres-data-folder.js';

const PASSWD = 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65533:nobody:/:/bin/false\n';

describe('postgresAccount', () => {
  it('default: an ordinary user runs PostgreSQL itself', () => {
    expect(postgresAccount(1000, () => PASSWD)).toBeNull();
  });

  it('behavior: root hands over to postgres before nobody', () => {
    const withPostgres = `${PASSWD}postgres:x:101:104::/var/lib/postgresql:/bin/sh\n`;
    expect(postgresAccount(0, () => PASSWD)).toEqual({ name: 'nobody', uid: 65534, gid: 65533 });
    expect(postgresAccount(0, () => withPostgres)).toEqual({ name: 'postgres', uid: 101, gid: 104 });
  });

  it('error: DB-104 without an account to hand over to', () => {
    expect(() => postgresAccount(0, () => 'root:x:0:0:root:/root:/bin/sh\n')).toThrow(
      NoUnprivilegedAccountError,
    );
  });
});

describe('loadFailure', () => {
  // The two sentences of the GNU dynamic loader (glibc, elf/dl-load.c and elf/dl-version.c).
  it('default: names the missing library', () => {
    const output =
      'postgres: error while loading shared libraries: libicuuc.so.60: cannot open shared object file';
    expect(loadFailure(output)?.reason).toContain('libicuuc.so.60');
  });

  it('behavior: names the version of the C library that is too old', () => {
    const output =
      "initdb: /lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.27' not found (required by initdb)";
    expect(loadFailure(output)?.reason).toContain('GLIBC_2.27');
  });

  it('behavior: leaves other output to others', () => {
    expect(loadFailure('FATAL: could not create lock file')).toBeNull();
  });
});
