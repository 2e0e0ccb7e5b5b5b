import { z } from 'zod';
import { setting, SETTINGS, whole } from '#libs/platform/index';

const key = (name: string, purpose: string) =>
  ({
    [`${name}_PRIVATE_KEY`]: setting(z.string().optional(), {
      description: `Private key that ${purpose}.`,
      secret: true,
    }),
    [`${name}_KEYSTORE`]: setting(z.string().optional(), {
      description: `Keystore v3 file instead of ${name}_PRIVATE_KEY.`,
    }),
    [`${name}_KEYSTORE_PASSWORD`]: setting(z.string().optional(), {
      description: 'Password of that keystore.',
      secret: true,
    }),
    [`${name}_KEYSTORE_PASSWORD_FILE`]: setting(z.string().optional(), {
      description: 'File that holds the password instead.',
    }),
  }) as const;

/** Settings of a co-signer: no database and no queue, only an api to read from, its own chain endpoints and its keys. */
export const cosignerConfig = z.object({
  COSIGNER_ROLE: setting(z.enum(['responder', 'council']), {
    description: 'Safe whose transactions this co-signer signs; a responder also attests evaluations.',
    example: 'responder',
  }),
  API_URL: SETTINGS.API_URL,
  RPC_URLS: SETTINGS.RPC_URLS,
  DEPLOYMENT_FILE: SETTINGS.DEPLOYMENT_FILE,
  LOG_LEVEL: SETTINGS.LOG_LEVEL,
  OPS_PORT: SETTINGS.OPS_PORT,
  COSIGNER_POLL_MS: setting(whole(100, 600_000).default(1_000), {
    description: 'Pause between two looks at the api.',
  }),
  COSIGNER_RPC_TIMEOUT_MS: setting(whole(100, 120_000).default(10_000), {
    description: 'How long one RPC request may take.',
  }),
  ...key('ATTESTER', 'signs evaluations; a responder needs it, a council member has none'),
  ...key('OWNER', 'owns a seat of the Safe'),
});
export type CosignerConfig = z.output<typeof cosignerConfig>;
