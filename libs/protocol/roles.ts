import { backstopVaultAbi } from '#contracts/backstop-vault';
import { evaluationRegistryAbi } from '#contracts/evaluation-registry';
import { marginGuardAbi } from '#contracts/margin-guard';
import { openExecutorAbi } from '#contracts/open-executor';
import { toFunctionSelector } from 'viem/utils';
import type { Address, Hex } from './hex.js';
import type { PayloadAddresses } from './actions.js';
import { ProtocolError } from './errors.js';

type AbiFunction = Extract<Parameters<typeof toFunctionSelector>[0], object>;
type AbiEntry = AbiFunction | { readonly type: string };

/** Roles of the AccessManager: Responder Safe, Council Safe, OpenExecutor. The admin role 0 ends with the executor. */
export const ROLE = { responder: 1n, council: 2n, executor: 3n } as const;

/** One restricted function, and who may call it. */
export interface RoleGrant {
  readonly target: Address;
  readonly selector: Hex;
  readonly role: bigint;
  /** Delay that OpenExecutor keeps before this function; null for functions it does not call. */
  readonly delaySec: number | null;
}

const DAY = 86_400;

/** The contracts that the AccessManager governs. */
export type GovernedContracts = Pick<
  PayloadAddresses['contracts'],
  'evaluationRegistry' | 'marginGuard' | 'backstopVault' | 'openExecutor'
>;

type Row = readonly [
  contract: keyof GovernedContracts,
  name: string,
  role: keyof typeof ROLE,
  delaySec: number | null,
];

/** Who may call what, and how long the executor waits: the whole table of rights. */
const ROWS: readonly Row[] = [
  ['marginGuard', 'tighten', 'responder', null],
  ['backstopVault', 'openAuction', 'responder', null],
  ['openExecutor', 'schedule', 'council', null],
  ['openExecutor', 'cancel', 'council', null],
  ['marginGuard', 'moveBaseline', 'executor', 2 * DAY],
  ['marginGuard', 'setBaseline', 'executor', 2 * DAY],
  ['marginGuard', 'endIntervention', 'executor', DAY / 4],
  ['backstopVault', 'setCollateral', 'executor', 2 * DAY],
  ['backstopVault', 'setMember', 'executor', 2 * DAY],
  ['backstopVault', 'sellCollateral', 'executor', DAY / 4],
  ['evaluationRegistry', 'setEngineVersion', 'executor', 2 * DAY],
  ['evaluationRegistry', 'setAttesters', 'executor', 7 * DAY],
];

const ABIS = {
  marginGuard: marginGuardAbi,
  backstopVault: backstopVaultAbi,
  evaluationRegistry: evaluationRegistryAbi,
  openExecutor: openExecutorAbi,
} as const;

/** Every restricted function of a deployment with its role: what the AccessManager, the executor and the guards are set up with. */
export function roleGrants(contracts: GovernedContracts): readonly RoleGrant[] {
  return ROWS.map(([contract, name, role, delaySec]) => ({
    target: contracts[contract],
    selector: selectorOf(ABIS[contract], name),
    role: ROLE[role],
    delaySec,
  }));
}

/** A function that a Safe's guard lets through. */
export interface SafePermission {
  readonly target: Address;
  readonly selector: Hex;
}

/** What a Safe with this role may call: its own restricted functions and nothing else. */
export function safePermissions(contracts: GovernedContracts, role: bigint): readonly SafePermission[] {
  return roleGrants(contracts)
    .filter((candidate) => candidate.role === role)
    .map(({ target, selector }) => ({ target, selector }));
}

/** A delay that OpenExecutor is constructed with. */
export interface DelayRule extends SafePermission {
  readonly delaySec: number;
}

/** The delays of all functions that only the executor calls. */
export function delayRules(contracts: GovernedContracts): readonly DelayRule[] {
  return roleGrants(contracts).flatMap(({ target, selector, delaySec }) =>
    delaySec === null ? [] : [{ target, selector, delaySec }],
  );
}

function selectorOf(abi: readonly AbiEntry[], name: string): Hex {
  const found = abi.find(
    (entry): entry is AbiFunction => entry.type === 'function' && 'name' in entry && entry.name === name,
  );
  if (found === undefined)
    throw new ProtocolError(
      'PRO-108',
      `The generated ABI has no function ${name}. Run "npm run contracts:compile".`,
      name,
    );
  return toFunctionSelector(found);
}
