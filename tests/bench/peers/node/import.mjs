// CSV -> valid, unique telephone numbers -> rows: csv-parse, libphonenumber-js and
// inserts of 1,000 rows.   node import.mjs FILE.csv
import fs from 'node:fs';
import { parse } from 'csv-parse';
import { parsePhoneNumberFromString } from 'libphonenumber-js';
import pg from 'pg';
import { begin, end } from './window.mjs';

const file = process.argv[2];
const batchRows = 1000;
const client = new pg.Client({ connectionString: process.env.BENCH_DATABASE_URL });
await client.connect();

const insert = `
insert into import_rows (name, phone, email, variables)
select name, phone, email, variables::jsonb
from unnest($1::text[], $2::text[], $3::text[], $4::text[]) t (name, phone, email, variables)
on conflict do nothing`;

let rows = 0;
let bad = 0;
let inserted = 0;
let columns = [[], [], [], []];

const flush = async () => {
  const full = columns;
  columns = [[], [], [], []];
  inserted += (await client.query(insert, full)).rowCount;
};

begin();
const start = process.hrtime.bigint();
await client.query('begin');
for await (const row of fs.createReadStream(file).pipe(parse({ columns: true }))) {
  rows += 1;
  const number = parsePhoneNumberFromString(row.phone ?? '', 'IN');
  if (!number?.isValid() || !row.name) {
    bad += 1;
    continue;
  }
  const { name, phone: _, email, ...variables } = row;
  [name, number.number, email, JSON.stringify(variables)].forEach((value, at) => columns[at].push(value));
  if (columns[0].length === batchRows) await flush();
}
if (columns[0].length > 0) await flush();
await client.query('commit');
const seconds = Number(process.hrtime.bigint() - start) / 1e9;
end({ units: rows, seconds, bad, inserted });
