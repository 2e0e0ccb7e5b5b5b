/** A failure whose message is all the reader needs: printed without a stack. */
export class StopError extends Error {
  constructor(message, options) {
    super(message, options);
    this.name = 'StopError';
  }
}

const BY_CODE = {
  EROFS: (error) =>
    `Cannot write ${error.path ?? 'here'}: the file system is read-only. Clone into a folder you can write.`,
  EACCES: (error) =>
    `No permission for ${error.path ?? 'this folder'}. Give your user write access to the clone, or clone it elsewhere.`,
  EPERM: (error) =>
    `Not permitted: ${error.syscall ?? ''} ${error.path ?? ''}. Give your user write access to the clone.`,
  ENOSPC: (error) =>
    `The disk is full (${error.path ?? 'while writing'}). Free about 2 GB and run the same command again.`,
};

/** Runs a script's main function; known failures become one clear line, unknown ones keep their stack. */
export async function runMain(main) {
  try {
    process.exitCode = (await main()) ?? process.exitCode ?? 0;
  } catch (error) {
    const explain = BY_CODE[error?.code];
    if (error instanceof StopError) console.error(`\n${error.message}`);
    else if (explain) console.error(`\n${explain(error)}`);
    else console.error(error);
    process.exitCode = 1;
  }
}
