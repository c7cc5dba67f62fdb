// Prints a Parquet file: one line with the names of its columns, then one line per row. Every value is printed so that
// two values look equal only if they are: integers in decimal, floats as the bits of a double, text and bytes in
// hexadecimal.
import { argv, stdout } from 'node:process';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects, parquetSchema } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';

const bits = new DataView(new ArrayBuffer(8));

function float(value) {
  bits.setFloat64(0, Number.isNaN(value) ? NaN : value);
  return bits.getBigUint64(0).toString(16).padStart(16, '0');
}

function printer({ type }) {
  if (type === 'DOUBLE' || type === 'FLOAT') return float;
  if (type === 'BYTE_ARRAY') return (value) => Buffer.from(value).toString('hex');
  return String;
}

// Times and documents as they are stored, instead of as dates and objects.
const parsers = {
  timestampFromMilliseconds: (millis) => millis,
  jsonFromBytes: (bytes) => bytes,
  stringFromBytes: (bytes) => bytes,
};

const file = await asyncBufferFromFile(argv[2]);
const metadata = await parquetMetadataAsync(file);
const columns = parquetSchema(metadata).children.map(({ element }) => element);
const printers = columns.map(printer);
const lines = [columns.map(({ name }) => name).join(',')];
for (const row of await parquetReadObjects({ file, metadata, compressors, parsers, utf8: false })) {
  lines.push(columns.map(({ name }, i) => {
    const value = row[name];
    return value === null || value === undefined ? 'null' : `'${printers[i](value)}'`;
  }).join(','));
}
// Standard output may be a pipe that takes less than everything at once, so the process ends when all of it is taken.
stdout.write(lines.join('\n') + '\n');
