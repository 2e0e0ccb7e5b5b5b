import { aaveMarginAdapterAbi } from '#contracts/aave-margin-adapter';
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

/** Every restricted function of a deployment with its role: what the AccessManager, the executor and the guards are set up with. */
export function roleGrants({ contracts }: Pick<PayloadAddresses, 'contracts'>): readonly RoleGrant[] {
  const { marginGuard, backstopVault, evaluationRegistry, openExecutor } = contracts;
  return [
    grant(marginGuard, marginGuardAbi, 'tighten', 'responder', null),
    grant(backstopVault, backstopVaultAbi, 'openAuction', 'responder', null),
    grant(openExecutor, openExecutorAbi, 'schedule', 'council', null),
    grant(openExecutor, openExecutorAbi, 'cancel', 'council', null),
    grant(marginGuard, marginGuardAbi, 'moveBaseline', 'executor', 2 * DAY),
    grant(marginGuard, marginGuardAbi, 'setBaseline', 'executor', 2 * DAY),
    grant(marginGuard, marginGuardAbi, 'endIntervention', 'executor', 2 * DAY),
    grant(backstopVault, backstopVaultAbi, 'setCollateral', 'executor', 2 * DAY),
    grant(backstopVault, backstopVaultAbi, 'setMember', 'executor', 2 * DAY),
    grant(backstopVault, backstopVaultAbi, 'sellCollateral', 'executor', 2 * DAY),
    grant(evaluationRegistry, evaluationRegistryAbi, 'setAttesters', 'executor', 7 * DAY),
    grant(evaluationRegistry, evaluationRegistryAbi, 'setEngineVersion', 'executor', 7 * DAY),
  ];
}

/** A function that a Safe's guard lets through. */
export interface SafePermission {
  readonly target: Address;
  readonly selector: Hex;
}

/** What each Safe may call: its own restricted functions, and for the Responder the push to the member's market. */
export function safePermissions(addresses: Pick<PayloadAddresses, 'contracts'>): {
  readonly responder: readonly SafePermission[];
  readonly council: readonly SafePermission[];
} {
  const grants = roleGrants(addresses);
  const of = (role: bigint) =>
    grants
      .filter((candidate) => candidate.role === role)
      .map(({ target, selector }) => ({ target, selector }));
  const sync = {
    target: addresses.contracts.aaveMarginAdapter,
    selector: selectorOf(aaveMarginAdapterAbi, 'sync'),
  };
  return { responder: [...of(ROLE.responder), sync], council: of(ROLE.council) };
}

/** Delays that OpenExecutor is constructed with. */
export function delayRules(
  addresses: Pick<PayloadAddresses, 'contracts'>,
): readonly { readonly target: Address; readonly selector: Hex; readonly delaySec: number }[] {
  return roleGrants(addresses).flatMap(({ target, selector, delaySec }) =>
    delaySec === null ? [] : [{ target, selector, delaySec }],
  );
}

function grant(
  target: Address,
  abi: readonly AbiEntry[],
  name: string,
  ...[role, delaySec]: [keyof typeof ROLE, number | null]
): RoleGrant {
  return { target, selector: selectorOf(abi, name), role: ROLE[role], delaySec };
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
