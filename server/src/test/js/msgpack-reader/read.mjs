// Prints an exported index as JSON.
import { readFileSync } from 'node:fs';
import { decode } from '@msgpack/msgpack';

console.log(JSON.stringify(decode(readFileSync(process.argv[2]))));
