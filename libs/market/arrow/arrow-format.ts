/** Numbers of the Arrow columnar format, version 1.x: Schema.fbs and Message.fbs of the Apache Arrow project. */
export const VERSION_5 = 4;
export const LITTLE_ENDIAN = 0;
/** Precedes every message; the length of its metadata follows, 0 at the end of a stream. */
export const CONTINUATION = 0xffffffff;
export const ALIGNMENT = 8;

export const MESSAGE = { version: 0, headerType: 1, header: 2, bodyLength: 3 } as const;
export const HEADER = { schema: 1, dictionary: 2, batch: 3 } as const;
export const SCHEMA = { endianness: 0, fields: 1, metadata: 2 } as const;
export const FIELD = { name: 0, nullable: 1, typeKind: 2, type: 3, dictionary: 4, children: 5 } as const;
export const CODING = { id: 0, indexType: 1 } as const;
export const BATCH = { rows: 0, nodes: 1, buffers: 2, compression: 3 } as const;
export const DICTIONARY = { id: 0, batch: 1, isDelta: 2 } as const;

/** Members of the union Type. */
export const KIND = { int: 2, float: 3, text: 5, flag: 6, list: 12, struct: 13, fixedBytes: 15 } as const;
export const DOUBLE_PRECISION = 2;
export const INDEX_BITS = 32;
