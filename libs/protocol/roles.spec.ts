import { describe, expect, it } from '@jest/globals';
import { toFunctionSelector } from 'viem/utils';
import { accessManagerAbi } from '#contracts/access-manager';
import { backstopVaultAbi } from '#contracts/backstop-vault';
import { evaluationRegistryAbi } from '#contracts/evaluation-registry';
import { marginGuardAbi } from '#contracts/margin-guard';
import { openExecutorAbi } from '#contracts/open-executor';
import { POLICY } from '#libs/governance/index';
import { delayRules, ROLE, roleGrants, safePermissions } from './roles.js';

const at = (byte: string): `0x${string}` => `0x${byte.repeat(20)}`;
const contracts = {
  evaluationRegistry: at('01'),
  marginGuard: at('02'),
  aaveMarginAdapter: at('03'),
  backstopVault: at('04'),
  openExecutor: at('05'),
  coalitionToken: at('06'),
};

describe('roleGrants', () => {
  const grants = roleGrants(contracts);

  it('behavior: no function has two roles', () => {
    const keys = grants.map(({ target, selector }) => `${target}/${selector}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('behavior: every state-changing function of the contracts is granted, or open to all on purpose', () => {
    const openToAll = {
      evaluationRegistry: ['submit', 'setAuthority'],
      marginGuard: ['setAuthority'],
      openExecutor: ['execute', 'setDelay', 'setAuthority'],
      backstopVault: [
        'fill',
        'close',
        'performUpkeep',
        'requestExit',
        'deposit',
        'mint',
        'withdraw',
        'redeem',
        'transfer',
        'transferFrom',
        'approve',
        'setAuthority',
      ],
    };
    const abis = {
      evaluationRegistry: evaluationRegistryAbi,
      marginGuard: marginGuardAbi,
      openExecutor: openExecutorAbi,
      backstopVault: backstopVaultAbi,
    };
    for (const name of ['evaluationRegistry', 'marginGuard', 'openExecutor', 'backstopVault'] as const) {
      const changing = abis[name].flatMap((entry) =>
        entry.type === 'function' && entry.stateMutability === 'nonpayable'
          ? [{ name: entry.name, selector: toFunctionSelector(entry) }]
          : [],
      );
      const granted = new Set(
        grants.filter(({ target }) => target === contracts[name]).map(({ selector }) => selector),
      );
      const notGranted = changing.filter(({ selector }) => !granted.has(selector)).map((entry) => entry.name);
      expect(notGranted.sort()).toEqual([...openToAll[name]].sort());
    }
  });

  it('behavior: the Responder acts only through the two fast functions', () => {
    const responder = grants.filter(({ role }) => role === ROLE.responder);
    expect(responder.map(({ selector }) => selector)).toEqual([
      toFunctionSelector('tighten((bytes32,address,uint16,uint16,uint32),(bytes32,bytes32,bytes32,uint64))'),
      toFunctionSelector(
        'openAuction((bytes32,address,uint128,uint16,uint16,uint32),(bytes32,bytes32,bytes32,uint64))',
      ),
    ]);
  });
});

describe('safePermissions', () => {
  it('behavior: neither Safe may call the AccessManager or set margins by itself', () => {
    const responder = safePermissions(contracts, ROLE.responder);
    const council = safePermissions(contracts, ROLE.council);
    const manager = new Set(
      accessManagerAbi.flatMap((entry) => (entry.type === 'function' ? [toFunctionSelector(entry)] : [])),
    );
    const clash = [...responder, ...council].filter(
      ({ target, selector }) => target !== contracts.openExecutor && manager.has(selector),
    );
    expect(clash).toEqual([]);
    expect(new Set(council.map(({ target }) => target))).toEqual(new Set([contracts.openExecutor]));
  });
});

describe('delayRules', () => {
  const rules = delayRules(contracts);
  const delayOf = (signature: string) =>
    rules
      .filter(({ selector }) => selector === toFunctionSelector(signature))
      .map(({ delaySec }) => delaySec);

  it('behavior: every function of the executor has a rule of at least six hours', () => {
    const executorFunctions = roleGrants(contracts).filter(({ role }) => role === ROLE.executor);
    expect(rules).toHaveLength(executorFunctions.length);
    expect(rules.every(({ delaySec }) => delaySec >= 6 * 3_600)).toBe(true);
  });

  it('behavior: a loosening waits as long as class R, attester keys a week (GOVERNANCE section 4)', () => {
    const moveBaseline = delayOf('moveBaseline(bytes32,address,uint16,uint16,uint32)');
    expect(moveBaseline).toEqual([POLICY.classes.R.delaySec]);
    expect(moveBaseline).toEqual([POLICY.classes.S.delaySec]);
    expect(delayOf('setAttesters(address[],uint8)')).toEqual([7 * 86_400]);
  });
});
