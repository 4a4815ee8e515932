import { parquetMetadata, parquetReadObjects, type FileMetaData } from 'hyparquet';
import { formatPico } from '#model';

export interface ReadParquet {
  /** Decimals as exact text: the reader would make doubles of them, so it is told nothing of their type. */
  readonly rows: Record<string, any>[];
  readonly metadata: FileMetaData;
  /** What stands in the footer, by name. */
  readonly beside: Record<string, any>;
}

/** A Parquet file as another implementation reads it. */
export async function readParquet(file: ArrayBuffer): Promise<ReadParquet> {
  const metadata = parquetMetadata(file);
  const decimals = metadata.schema.filter(({ converted_type: type }) => type === 'DECIMAL');
  const schema = metadata.schema.map((element) =>
    decimals.includes(element) ? { ...element, converted_type: undefined } : element,
  );
  const rows = await parquetReadObjects({ file, metadata: { ...metadata, schema }, utf8: false });
  for (const row of rows)
    for (const { name } of decimals) if (row[name] !== null) row[name] = formatPico(unscaled(row[name]));
  const beside = (metadata.key_value_metadata ?? []).map(
    ({ key, value }) => [key, JSON.parse(value!)] as const,
  );
  return { rows, metadata, beside: Object.fromEntries(beside) };
}

const unscaled = (bytes: Uint8Array): bigint =>
  BigInt.asIntN(
    128,
    bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n),
  );
