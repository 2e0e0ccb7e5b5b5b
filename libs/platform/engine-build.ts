import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PlatformError } from './platform-error.js';

/** The build did not leave the digest of its engine. */
export class EngineBuildError extends PlatformError {
  override readonly code = 'CFG-103';

  constructor(
    readonly file: string,
    cause: unknown,
  ) {
    super(`The digest of the engine build is not in ${file}. Build with "npm run build".`, { cause });
  }
}

/** Digest of the compiled engine files, written by the build. Another build of other code has another one. */
export function engineBuild(): `0x${string}` {
  const file = fileURLToPath(new URL('../../engine-version.json', import.meta.url));
  try {
    const { engineVersion } = JSON.parse(readFileSync(file, 'utf8')) as { engineVersion: `0x${string}` };
    return engineVersion;
  } catch (cause) {
    throw new EngineBuildError(file, cause);
  }
}
