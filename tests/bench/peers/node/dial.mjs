// Attempts of a campaign as queue libraries run them: 20 tenants, 10 at once each, every
// attempt ends in a row of PostgreSQL.   node dial.mjs bullmq|graphile JOBS
// bullmq: a queue per tenant in Redis (REDIS_PORT) and one status row per job.
// graphile: ten named queues per tenant in PostgreSQL itself.
// With CARRIER_PORT each attempt is also a POST to that port.
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { begin, end } from './window.mjs';

const [mode, count] = [process.argv[2], Number(process.argv[3])];
const connectionString = process.env.BENCH_DATABASE_URL;
const tenants = 20;
const atOnce = 10;
const pool = new pg.Pool({ connectionString, max: 20 });

const live = new Int32Array(tenants);
let most = 0;
let done = 0;
let finish;
const finished = new Promise((resolve) => { finish = resolve; });

const carrier = Number(process.env.CARRIER_PORT || 0);
const agent = new http.Agent({ keepAlive: true, maxSockets: tenants * atOnce });
const place = (job) => new Promise((resolve, reject) => {
  const body = JSON.stringify(job);
  const request = http.request({
    host: '127.0.0.1', port: carrier, path: '/Calls.json', method: 'POST', agent,
    headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
  }, (response) => {
    response.resume();
    response.on('end', resolve);
  });
  request.on('error', reject);
  request.end(body);
});

const dial = async (job) => {
  live[job.tenant] += 1;
  most = Math.max(most, live[job.tenant]);
  if (carrier) await place(job);
  if (mode === 'bullmq') {
    await pool.query({
      name: 'done',
      text: "update dial_rows set status = 'completed', completed_at = now() where id = $1",
      values: [job.id],
    });
  }
  live[job.tenant] -= 1;
  done += 1;
  if (done === count) finish();
};

const job = (i) => ({
  id: i + 1,
  tenant: i % tenants,
  phone: `+9198${String(i).padStart(8, '0')}`,
  name: 'Asha Rao',
  variables: { order: `ORD-${i}` },
});

const report = (start) => {
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  end({ units: count, seconds, at_once_max: most });
};

const bullmq = async () => {
  const { Queue, Worker } = await import('bullmq');
  const connection = {
    host: '127.0.0.1', port: Number(process.env.REDIS_PORT), maxRetriesPerRequest: null,
  };
  const names = [...Array(tenants).keys()].map((tenant) => `dial-${tenant}`);
  const queues = names.map((name) => new Queue(name, { connection }));
  const jobs = queues.map(() => []);
  for (let i = 0; i < count; i += 1) jobs[i % tenants].push({ name: 'dial', data: job(i) });
  await Promise.all(queues.map(async (queue, at) => {
    for (let i = 0; i < jobs[at].length; i += 1000) await queue.addBulk(jobs[at].slice(i, i + 1000));
  }));
  begin();
  const start = process.hrtime.bigint();
  const workers = names.map((name) => new Worker(name, ({ data }) => dial(data), {
    connection, concurrency: atOnce,
  }));
  await finished;
  for (;;) {
    const counts = await Promise.all(queues.map((queue) => queue.getCompletedCount()));
    if (counts.reduce((sum, each) => sum + each) >= count) break;
    await sleep(5);
  }
  report(start);
  workers.forEach((worker) => worker.close(true));
};

const graphile = async () => {
  const { run, makeWorkerUtils, Logger } = await import('graphile-worker');
  const logger = new Logger(() => () => {});
  await pool.query('drop schema if exists graphile_worker cascade');
  const utils = await makeWorkerUtils({ connectionString, logger });
  await utils.migrate();
  for (let i = 0; i < count; i += 1000) {
    const some = [...Array(Math.min(1000, count - i)).keys()].map((at) => {
      const payload = job(i + at);
      const lane = Math.floor((i + at) / tenants) % atOnce;
      return { identifier: 'dial', queueName: `t${payload.tenant}-${lane}`, payload };
    });
    await utils.addJobs(some);
  }
  await pool.query('analyze');
  begin();
  const start = process.hrtime.bigint();
  await run({
    preset: {
      worker: {
        connectionString,
        logger,
        concurrentJobs: tenants * atOnce,
        maxPoolSize: 20,
        pollInterval: 50,
        localQueue: { size: tenants * atOnce * 2 },
        completeJobBatchDelay: 0,
      },
    },
    noHandleSignals: true,
    taskList: { dial },
  });
  await finished;
  for (;;) {
    const { rows } = await pool.query('select count(*)::int as n from graphile_worker._private_jobs');
    if (rows[0].n === 0) break;
    await sleep(5);
  }
  report(start);
};

await (mode === 'bullmq' ? bullmq() : graphile());
