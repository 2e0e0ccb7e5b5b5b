import { readFileSync } from 'node:fs';
import { NoUnprivilegedAccountError } from './platform-error.js';

export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

const CANDIDATES = ['postgres', 'nobody'];

function accountsOf(passwd: string): Map<string, Account> {
  const accounts = passwd
    .split('\n')
    .map((line) => line.split(':'))
    .filter((fields) => fields.length >= 4)
    .map(([name = '', , uid, gid]): [string, Account] => [
      name,
      { name, uid: Number(uid), gid: Number(gid) },
    ]);
  return new Map(accounts);
}

/** The account that runs PostgreSQL when this process is root; null when this process may run it itself. */
export function postgresAccount(
  uid: number | undefined = process.getuid?.(),
  readPasswd: () => string = () => readFileSync('/etc/passwd', 'utf8'),
): Account | null {
  if (uid !== 0) return null;
  const accounts = accountsOf(readPasswd());
  const found = CANDIDATES.map((name) => accounts.get(name)).find((account) => account !== undefined);
  if (found === undefined) throw new NoUnprivilegedAccountError(CANDIDATES);
  return found;
}
