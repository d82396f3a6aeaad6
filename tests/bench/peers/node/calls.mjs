// A page of a tenant's calls as a fastify service lists it: @fastify/jwt, a pool with
// named prepared statements, a response schema.   node calls.mjs PORT
import jwt from '@fastify/jwt';
import fastify from 'fastify';
import pg from 'pg';

const port = Number(process.argv[2]);
const { BENCH_DATABASE_URL, BENCH_JWT_SECRET } = process.env;
const pool = new pg.Pool({ connectionString: BENCH_DATABASE_URL, max: 10 });

const columns = `id, agent_id, direction, from_number, to_number, status, sentiment,
  duration_s, charged_micros, summary, recording_url, started_at, ended_at`;
const first = `select ${columns} from list_calls where tenant_id = $1 order by id desc limit $2`;
const after = `select ${columns} from list_calls where tenant_id = $1 and id < $3
  order by id desc limit $2`;

const text = { type: 'string' };
const number = { type: 'integer' };
const time = { type: 'string', format: 'date-time' };
const item = {
  type: 'object',
  properties: {
    id: text, agent_id: number, direction: text, from_number: text, to_number: text,
    status: text, sentiment: text, duration_s: number, charged_micros: number, summary: text,
    recording_url: text, started_at: time, ended_at: time,
  },
};
const schema = {
  response: {
    200: {
      type: 'object',
      properties: {
        success: { type: 'boolean' },
        data: { type: 'array', items: item },
        pagination: {
          type: 'object',
          properties: { next_cursor: text, has_more: { type: 'boolean' } },
        },
      },
    },
  },
};

const app = fastify();
app.register(jwt, { secret: BENCH_JWT_SECRET });
app.get('/api/calls', { schema, onRequest: (request) => request.jwtVerify() }, async (request) => {
  const limit = Math.min(Number(request.query.limit || 50), 100);
  const { tenant } = request.user;
  const { rows } = await pool.query(request.query.cursor
    ? { name: 'after', text: after, values: [tenant, limit, request.query.cursor] }
    : { name: 'first', text: first, values: [tenant, limit] });
  return {
    success: true,
    data: rows,
    pagination: { next_cursor: rows.at(-1)?.id ?? '', has_more: rows.length === limit },
  };
});
app.listen({ port, host: '127.0.0.1' });
