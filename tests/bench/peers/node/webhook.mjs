// A status callback as a fastify service takes it: verify Twilio's signature, record the
// event once, move the call forward, answer after the commit.   node webhook.mjs PORT
import crypto from 'node:crypto';
import querystring from 'node:querystring';
import fastify from 'fastify';
import pg from 'pg';

const port = Number(process.argv[2]);
const { BENCH_DATABASE_URL, BENCH_AUTH_TOKEN, BENCH_PUBLIC_URL } = process.env;
const pool = new pg.Pool({ connectionString: BENCH_DATABASE_URL, max: 10 });

const record = `
with added as (
  insert into hook_events (call_id, event_key, kind) values ($1, $2, $3)
  on conflict do nothing returning kind
)
update hook_calls set status = $3, provider_call_id = $4,
    answered_at = case when hook_rank($3) >= 3 then coalesce(answered_at, now()) end
from added where id = $1 and hook_rank($3) > hook_rank(status)`;

const right = (url, fields, given) => {
  const text = Object.keys(fields).sort().reduce((all, name) => all + name + fields[name], url);
  const wanted = crypto.createHmac('sha1', BENCH_AUTH_TOKEN).update(text).digest('base64');
  return given?.length === wanted.length
    && crypto.timingSafeEqual(Buffer.from(given), Buffer.from(wanted));
};

const uuid = (id) => id.slice(5);

const app = fastify();
app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' },
  (_request, body, done) => done(null, querystring.parse(body)));
app.post('/twiml/status', async (request, reply) => {
  if (!right(BENCH_PUBLIC_URL + request.raw.url, request.body, request.headers['x-twilio-signature'])) {
    return reply.code(403).send();
  }
  await pool.query({
    name: 'record',
    text: record,
    values: [uuid(request.query.call), request.headers['i-twilio-idempotency-token'],
      request.body.CallStatus, request.body.CallSid],
  });
  return reply.code(204).send();
});
app.listen({ port, host: '127.0.0.1' });
