import { MAX_CHUNK_BYTES } from '../row-packer.js';
import { ALIGNMENT, CONTINUATION, HEADER, MESSAGE, VERSION_5 } from './arrow-format.js';
import { FlatFormatError, FlatTable } from './flat-reader.js';

/** More than the schema of any table takes. */
const MAX_METADATA_BYTES = 256 * 1024;
const MAX_MESSAGES = 64;

/** One message of an Arrow IPC stream: what it is, its header and the bytes behind it. */
export interface ArrowMessage {
  readonly kind: number;
  readonly header: FlatTable;
  readonly body: Uint8Array;
}

/** One IPC stream of a file, and where the next one begins. */
export interface ArrowStreamParts {
  readonly schema: FlatTable;
  readonly dictionaries: readonly ArrowMessage[];
  readonly batches: readonly ArrowMessage[];
  readonly end: number;
}

/**
 * The messages of the stream that begins at `start`. Nothing is copied; a stream longer than a chunk is refused.
 * @throws FlatFormatError for anything that is not a stream of one schema, dictionaries and record batches.
 */
export function readStream(bytes: Uint8Array, start: number): ArrowStreamParts {
  const messages: ArrowMessage[] = [];
  let at = start;
  for (;;) {
    const { message, end } = readMessage(bytes, at);
    at = end;
    if (at - start > MAX_CHUNK_BYTES)
      throw new FlatFormatError(`a stream of more than ${MAX_CHUNK_BYTES} bytes`);
    if (message === null) break;
    if (messages.length === MAX_MESSAGES) throw new FlatFormatError(`more than ${MAX_MESSAGES} messages`);
    messages.push(message);
  }
  const [schema, ...rest] = messages;
  if (schema?.kind !== HEADER.schema) throw new FlatFormatError('a stream that does not begin with a schema');
  const dictionaries = rest.filter(({ kind }) => kind === HEADER.dictionary);
  const batches = rest.filter(({ kind }) => kind === HEADER.batch);
  if (dictionaries.length + batches.length < rest.length) throw new FlatFormatError('an unknown message');
  return { schema: schema.header, dictionaries, batches, end: at };
}

function readMessage(
  bytes: Uint8Array,
  start: number,
): { readonly message: ArrowMessage | null; readonly end: number } {
  if (start + ALIGNMENT > bytes.length) throw new FlatFormatError('the end inside a stream');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(start + 4, true);
  if (view.getUint32(start, true) !== CONTINUATION) throw new FlatFormatError('a message without its mark');
  const body = start + ALIGNMENT + length;
  if (length === 0) return { message: null, end: body };
  if (length > MAX_METADATA_BYTES) throw new FlatFormatError(`metadata of ${length} bytes`);
  if (body > bytes.length) throw new FlatFormatError('the end inside metadata');
  const message = FlatTable.root(bytes.subarray(start + ALIGNMENT, body));
  const header = message.table(MESSAGE.header);
  const bodyLength = message.number(MESSAGE.bodyLength, 8);
  if (message.number(MESSAGE.version, 2) !== VERSION_5 || header === null)
    throw new FlatFormatError('a message that is not of metadata version 5');
  if (bodyLength < 0 || body + bodyLength > bytes.length) throw new FlatFormatError('the end inside a body');
  const end = body + bodyLength;
  return {
    message: { kind: message.number(MESSAGE.headerType, 1), header, body: bytes.subarray(body, end) },
    end,
  };
}
