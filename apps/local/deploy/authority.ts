import { encodeFunctionData, toFunctionSelector, type Abi, type AbiFunction, type Address, type Hex, type PrivateKeyAccount } from 'viem';
import { accessManagerAbi } from '#contracts/access-manager';
import { backstopVaultAbi } from '#contracts/backstop-vault';
import { evaluationRegistryAbi } from '#contracts/evaluation-registry';
import { marginGuardAbi } from '#contracts/margin-guard';
import { openExecutorAbi } from '#contracts/open-executor';
import { LocalWorldError } from '../local-error.js';
import type { BatchSender } from './batch-sender.js';

const DAY = 86_400;

/** Roles of the coalition's AccessManager. 0 is its own admin role. */
export const ROLE = { admin: 0n, responder: 1n, council: 2n, executor: 3n } as const;

/** A role granted after the set-up waits this long before it counts. Changing the delay itself takes five days. */
export const GRANT_DELAY_SEC = 2 * DAY;
export const GRANT_DELAY_SETBACK_SEC = 5 * DAY;

export interface Governed {
  readonly accessManager: Address;
  readonly evaluationRegistry: Address;
  readonly marginGuard: Address;
  readonly backstopVault: Address;
  readonly openExecutor: Address;
}

interface Right {
  readonly target: Address;
  readonly role: bigint;
  readonly selectors: readonly Hex[];
}

function selectorsOf(abi: Abi, names: readonly string[]): Hex[] {
  return names.map((name) => {
    const found = abi.find((entry): entry is AbiFunction => entry.type === 'function' && entry.name === name);
    if (found === undefined) throw new LocalWorldError('LOC-204', `The contract has no function ${name}. Compile the contracts again.`, { name });
    return toFunctionSelector(found);
  });
}

/** Who may call what: the whole table of rights. */
export function rightsOf(governed: Governed): readonly Right[] {
  const { marginGuard, backstopVault, evaluationRegistry, openExecutor } = governed;
  return [
    { target: marginGuard, role: ROLE.responder, selectors: selectorsOf(marginGuardAbi, ['tighten']) },
    { target: backstopVault, role: ROLE.responder, selectors: selectorsOf(backstopVaultAbi, ['openAuction']) },
    { target: openExecutor, role: ROLE.council, selectors: selectorsOf(openExecutorAbi, ['schedule', 'cancel']) },
    { target: marginGuard, role: ROLE.executor, selectors: selectorsOf(marginGuardAbi, ['setBaseline', 'endIntervention']) },
    { target: backstopVault, role: ROLE.executor, selectors: selectorsOf(backstopVaultAbi, ['setCollateral', 'setMember', 'sellCollateral']) },
    { target: evaluationRegistry, role: ROLE.executor, selectors: selectorsOf(evaluationRegistryAbi, ['setAttesters', 'setEngineVersion']) },
  ];
}

/** Delay of each voted function; every other one waits seven days. */
export function delayRules(governed: Governed): { target: Address; selector: Hex; delaySec: number }[] {
  const rule = (target: Address, [abi, name]: readonly [Abi, string], delaySec: number) => ({ target, selector: selectorsOf(abi, [name])[0] as Hex, delaySec });
  const { marginGuard, backstopVault, evaluationRegistry } = governed;
  return [
    rule(marginGuard, [marginGuardAbi, 'setBaseline'], 2 * DAY),
    rule(marginGuard, [marginGuardAbi, 'endIntervention'], DAY / 4),
    rule(backstopVault, [backstopVaultAbi, 'setCollateral'], 2 * DAY),
    rule(backstopVault, [backstopVaultAbi, 'setMember'], 2 * DAY),
    rule(backstopVault, [backstopVaultAbi, 'sellCollateral'], DAY / 4),
    rule(evaluationRegistry, [evaluationRegistryAbi, 'setEngineVersion'], 2 * DAY),
  ];
}

/** What the guards of the two Safes let through. */
export function permissionsOf(governed: Governed, role: bigint): { target: Address; selector: Hex }[] {
  return rightsOf(governed)
    .filter((right) => right.role === role)
    .flatMap(({ target, selectors }) => selectors.map((selector) => ({ target, selector })));
}

export interface Holders {
  readonly responder: Address;
  readonly council: Address;
}

/** Grants the rights; the deployer holds the executor's role for the first listings only. */
export function grantRights(sender: BatchSender, deployer: PrivateKeyAccount, { governed, holders }: { readonly governed: Governed; readonly holders: Holders }): void {
  const call = managerCall(sender, deployer, governed.accessManager);
  for (const { target, role, selectors } of rightsOf(governed)) call('setTargetFunctionRole', [target, selectors, role]);
  call('grantRole', [ROLE.responder, holders.responder, 0]);
  call('grantRole', [ROLE.council, holders.council, 0]);
  call('grantRole', [ROLE.executor, governed.openExecutor, 0]);
  call('grantRole', [ROLE.admin, governed.openExecutor, 0]);
  call('grantRole', [ROLE.executor, deployer.address, 0]);
  for (const role of [ROLE.responder, ROLE.council, ROLE.executor]) call('setGrantDelay', [role, GRANT_DELAY_SEC]);
}

/** The deployer gives up what it still holds. */
export function renounceRights(sender: BatchSender, deployer: PrivateKeyAccount, { accessManager }: Governed): void {
  const call = managerCall(sender, deployer, accessManager);
  call('renounceRole', [ROLE.executor, deployer.address]);
  call('renounceRole', [ROLE.admin, deployer.address]);
}

type ManagerCall = 'setTargetFunctionRole' | 'grantRole' | 'setGrantDelay' | 'renounceRole';

function managerCall(sender: BatchSender, deployer: PrivateKeyAccount, to: Address) {
  return (functionName: ManagerCall, args: readonly unknown[]): void => {
    const data = encodeFunctionData({ abi: accessManagerAbi as Abi, functionName, args });
    sender.send(deployer, { label: `${functionName} ${String(args[0])}`, to, data, gas: 500_000n });
  };
}

/** Money and a member's rights change hands only when every delay is in force and the deployer holds nothing but what it is about to give up. */
export async function proveDelays(sender: BatchSender, { accessManager }: Governed): Promise<void> {
  for (const role of [ROLE.responder, ROLE.council, ROLE.executor]) {
    const delay = await sender.client.readContract({ address: accessManager, abi: accessManagerAbi, functionName: 'getRoleGrantDelay', args: [role] });
    if (delay !== GRANT_DELAY_SEC) throw new LocalWorldError('LOC-205', `Role ${role} would be granted after ${delay} s; ${GRANT_DELAY_SEC} s are demanded. Wait ${GRANT_DELAY_SETBACK_SEC} s after setting the delay.`, { role, delay });
  }
}

/** After the set-up nobody but the Safes and the executor holds a role. */
export async function proveRenounced(sender: BatchSender, deployer: Address, { accessManager }: Governed): Promise<void> {
  for (const role of Object.values(ROLE)) {
    const [member] = await sender.client.readContract({ address: accessManager, abi: accessManagerAbi, functionName: 'hasRole', args: [role, deployer] });
    if (member) throw new LocalWorldError('LOC-206', `The deployer still holds role ${role}. It must renounce it before the world opens.`, { role });
  }
}
