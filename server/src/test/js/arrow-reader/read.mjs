// Prints an Arrow file: one line with its columns, then one line per row. Every value is printed so that two values
// look equal only if they are: integers in decimal, floats as the bits of a double, text and bytes in hexadecimal.
import { readFileSync } from 'node:fs';
import { stdout } from 'node:process';
import { CompressionType, DataType, compressionRegistry, tableFromIPC } from 'apache-arrow';
import { decompress } from 'fzstd';

// The library knows how Arrow compresses buffers and leaves ZSTD itself to whoever has one. It maps 64-bit values where
// they lie, and fzstd returns what begins twelve bytes into a buffer: a copy begins at a multiple of eight.
compressionRegistry.set(CompressionType.ZSTD, { decode: (bytes) => decompress(bytes).slice() });

const bits = new DataView(new ArrayBuffer(8));

function float(value) {
  bits.setFloat64(0, Number.isNaN(value) ? NaN : value);
  return bits.getBigUint64(0).toString(16).padStart(16, '0');
}

function printer(type) {
  if (DataType.isFloat(type)) return float;
  if (DataType.isUtf8(type)) return (text) => Buffer.from(text, 'utf8').toString('hex');
  if (DataType.isBinary(type)) return (bytes) => Buffer.from(bytes).toString('hex');
  return String;
}

const table = tableFromIPC(readFileSync(process.argv[2]));
const { fields } = table.schema;
const printers = fields.map((field) => printer(field.type));
const lines = [fields.map((field) => `${field.name}:${field.metadata.get('sherd.type')}`).join(',')];
for (const batch of table.batches) {
  const columns = fields.map((_, i) => batch.getChildAt(i));
  for (let row = 0; row < batch.numRows; row++) {
    lines.push(columns.map((column, i) => {
      const value = column.get(row);
      return value === null ? 'null' : `'${printers[i](value)}'`;
    }).join(','));
  }
}
// Standard output may be a pipe that takes less than everything at once, so the process ends when all of it is taken.
stdout.write(lines.join('\n') + '\n');
