// Prints what DuckDB finds in a Parquet file: for each query, or for all rows if there is none, one line with the
// columns, then one line per row. The file is the table "exported". Every value is printed so that two values look equal
// only if they are: integers in decimal, floats as the bits of a double, text and bytes in hexadecimal.
import { argv, stdout } from 'node:process';
import { DuckDBInstance } from '@duckdb/node-api';

const bits = new DataView(new ArrayBuffer(8));

function float(value) {
  bits.setFloat64(0, Number.isNaN(value) ? NaN : value);
  return bits.getBigUint64(0).toString(16).padStart(16, '0');
}

// By the names that DuckDB gives its types.
const printers = {
  DOUBLE: float,
  FLOAT: float,
  VARCHAR: (text) => Buffer.from(text, 'utf8').toString('hex'),
  JSON: (text) => Buffer.from(text, 'utf8').toString('hex'),
  BLOB: (blob) => Buffer.from(blob.bytes).toString('hex'),
  'TIMESTAMP WITH TIME ZONE': (time) => String(time.micros / 1000n),
};

const [file, ...queries] = argv.slice(2);
const connection = await (await DuckDBInstance.create(':memory:')).connect();
await connection.run(`create view exported as from read_parquet('${file}')`);
const lines = [];
for (const query of queries.length > 0 ? queries : ['from exported']) {
  const types = (await connection.runAndReadAll(`describe ${query}`)).getRows();
  lines.push(types.map(([name, type]) => `${name}:${type}`).join(','));
  for (const row of (await connection.runAndReadAll(query)).getRows()) {
    lines.push(row.map((value, i) => {
      const print = printers[types[i][1]] ?? String;
      return value === null ? 'null' : `'${print(value)}'`;
    }).join(','));
  }
}
// Standard output may be a pipe that takes less than everything at once, so the process ends when all of it is taken.
stdout.write(lines.join('\n') + '\n');
