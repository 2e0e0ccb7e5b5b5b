import { encodeFunctionData, type Abi, type Address, type PrivateKeyAccount } from 'viem';
import { accessManagerAbi } from '#contracts/access-manager';
import { ROLE, roleGrants } from '#libs/protocol/index';
import { LocalWorldError } from '../local-error.js';
import type { BatchSender } from './batch-sender.js';

const DAY = 86_400;

/** The AccessManager's own admin role, beside the coalition's. */
const ADMIN = 0n;

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

export interface Holders {
  readonly responder: Address;
  readonly council: Address;
}

/** Grants the rights; the deployer holds the executor's role for the first listings only. */
export function grantRights(
  sender: BatchSender,
  deployer: PrivateKeyAccount,
  { governed, holders }: { readonly governed: Governed; readonly holders: Holders },
): void {
  const call = managerCall(sender, deployer, governed.accessManager);
  for (const { target, role, selector } of roleGrants(governed))
    call('setTargetFunctionRole', [target, [selector], role]);
  call('grantRole', [ROLE.responder, holders.responder, 0]);
  call('grantRole', [ROLE.council, holders.council, 0]);
  call('grantRole', [ROLE.executor, governed.openExecutor, 0]);
  call('grantRole', [ADMIN, governed.openExecutor, 0]);
  call('grantRole', [ROLE.executor, deployer.address, 0]);
  for (const role of [ROLE.responder, ROLE.council, ROLE.executor])
    call('setGrantDelay', [role, GRANT_DELAY_SEC]);
}

/** The deployer gives up what it still holds. */
export function renounceRights(
  sender: BatchSender,
  deployer: PrivateKeyAccount,
  { accessManager }: Governed,
): void {
  const call = managerCall(sender, deployer, accessManager);
  call('renounceRole', [ROLE.executor, deployer.address]);
  call('renounceRole', [ADMIN, deployer.address]);
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
    const delay = await sender.client.readContract({
      address: accessManager,
      abi: accessManagerAbi,
      functionName: 'getRoleGrantDelay',
      args: [role],
    });
    if (delay !== GRANT_DELAY_SEC)
      throw new LocalWorldError(
        'LOC-205',
        `Role ${role} would be granted after ${delay} s; ${GRANT_DELAY_SEC} s are demanded. Wait ${GRANT_DELAY_SETBACK_SEC} s after setting the delay.`,
        { role, delay },
      );
  }
}

/** After the set-up nobody but the Safes and the executor holds a role. */
export async function proveRenounced(
  sender: BatchSender,
  deployer: Address,
  { accessManager }: Governed,
): Promise<void> {
  for (const role of [ADMIN, ...Object.values(ROLE)]) {
    const [member] = await sender.client.readContract({
      address: accessManager,
      abi: accessManagerAbi,
      functionName: 'hasRole',
      args: [role, deployer],
    });
    if (member)
      throw new LocalWorldError(
        'LOC-206',
        `The deployer still holds role ${role}. It must renounce it before the world opens.`,
        { role },
      );
  }
}
