import { z } from 'zod';
import { setting, SETTINGS, whole } from '#libs/platform/index';

const GWEI = 1_000_000_000n;

export const relayerConfig = z.object({
  DATABASE_URL: SETTINGS.DATABASE_URL,
  REDIS_URL: SETTINGS.REDIS_URL,
  RPC_URLS: SETTINGS.RPC_URLS,
  DEPLOYMENT_FILE: SETTINGS.DEPLOYMENT_FILE,
  LOG_LEVEL: SETTINGS.LOG_LEVEL,
  OPS_PORT: SETTINGS.OPS_PORT,
  RELAYER_PRIVATE_KEY: setting(z.string().optional(), {
    description: 'Private key that pays gas; it authorises nothing.',
    secret: true,
  }),
  RELAYER_KEYSTORE: setting(z.string().optional(), {
    description: 'Keystore v3 file instead of RELAYER_PRIVATE_KEY.',
  }),
  RELAYER_KEYSTORE_PASSWORD: setting(z.string().optional(), {
    description: 'Password of that keystore.',
    secret: true,
  }),
  RELAYER_KEYSTORE_PASSWORD_FILE: setting(z.string().optional(), {
    description: 'File that holds the password instead.',
  }),
  RELAYER_CONFIRMATIONS: setting(whole(0, 1_000).default(1), {
    description: 'Blocks on top of a transaction before its effect is read back; 12 on Ethereum.',
    example: '12',
  }),
  RELAYER_STUCK_AFTER_SEC: setting(whole(4, 3_600).default(30), {
    description: 'Chain seconds after which a pending transaction is replaced with higher fees.',
  }),
  RELAYER_MAX_FEE_GWEI: setting(whole(1, 100_000).default(500), {
    description: 'Largest fee per gas that is ever paid, in gwei.',
  }),
  RELAYER_RPC_TIMEOUT_MS: setting(whole(100, 60_000).default(5_000), {
    description: 'How long one RPC request may take.',
  }),
});
export type RelayerConfig = z.output<typeof relayerConfig>;

export function limitsOf(config: RelayerConfig) {
  return {
    confirmations: config.RELAYER_CONFIRMATIONS,
    stuckAfterSec: config.RELAYER_STUCK_AFTER_SEC,
    maxFeePerGas: BigInt(config.RELAYER_MAX_FEE_GWEI) * GWEI,
  };
}
