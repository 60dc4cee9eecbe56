// Client and server for the tests: reads one JSON object a line, {n, do, …}, and answers {n, said} or {n, failed}.

import { createConnection } from 'node:net';
import { createInterface } from 'node:readline';
import { connect, Line } from './client.mjs';
import { echo } from './echo.mjs';
import { Failed } from './frames.mjs';
import { Float, Timestamp } from './msgpack.mjs';
import { sign } from './principal.mjs';
import { Server } from './server.mjs';

const clients = new Map();
const calls = new Map();
const servers = new Map();

// JSON has no bytes, moments and wide numbers: {$bytes: base64}, {$at: [seconds, nanos]}, {$int: digits}, {$float: n}.

const TAGS = {
  $bytes: (text) => Buffer.from(text, 'base64'),
  $at: ([seconds, nanos]) => new Timestamp(BigInt(seconds), nanos),
  $int: BigInt,
  $float: (number) => new Float(number),
};

function fromJson(value) {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(fromJson);
  const [[name, inner] = []] = Object.entries(value);
  if (name in TAGS) return TAGS[name](inner);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, fromJson(each)]));
}

function toJson(value) {
  if (typeof value === 'bigint') return { $int: `${value}` };
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') };
  if (value instanceof Timestamp) return { $at: [`${value.seconds}`, value.nanos] };
  if (Array.isArray(value)) return value.map(toJson);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, toJson(each)]));
}

function* produce({ count, size = 0 }) {
  for (let number = 0; number < count; number++) yield { number, blob: Buffer.alloc(size, 'x') };
}

async function begun({ on, method, code, request = {}, items, within, headers, as_who: who }) {
  const line = clients.get(on);
  const client = await line.client();
  const [service] = method?.split('/') ?? [];
  const said = who ? { ...headers, 'pangaea-principal': sign(line.options.key, who, service) } : headers;
  const options = { request, items: items && produce(items), within, headers: said };
  return code === undefined ? client.call(method, options) : client.callAt(code, options);
}

/** Reads up to `count` items and leaves the stream open. */
async function take({ as, count }) {
  const call = calls.get(as);
  call.reader ??= call[Symbol.asyncIterator]();
  const items = [];
  while (items.length < count) {
    const { done, value } = await call.reader.next();
    if (done) break;
    items.push(value);
  }
  return items;
}

/** Writes bytes that need not be frames, and waits until the other side hangs up. */
function raw({ at, bytes }) {
  return new Promise((resolve) => {
    const socket = createConnection(at, () => socket.write(bytes));
    const parts = [];
    socket.on('data', (part) => parts.push(part));
    socket.on('error', () => {});
    socket.on('close', () => resolve(Buffer.concat(parts)));
  });
}

/** The connections of a client or server. */
function peers({ on, as }) {
  return on ? [clients.get(on).current.peer] : [...servers.get(as).server.guests].map((guest) => guest.peer);
}

const commands = {
  async connect({ on, at, ...options }) {
    const line = new Line(at, options);
    const { server } = await line.client();
    clients.set(on, line);
    return { node: server.node, most: server.most, window: server.window, services: server.services };
  },
  call: async (given) => (await begun(given)).result,
  async start(given) {
    calls.set(given.as, await begun(given));
  },
  /** A call that is given up while its request is being sent. */
  async half(given) {
    const call = await begun(given);
    call.cancel();
    return call.result;
  },
  result: ({ as }) => calls.get(as).result,
  take,
  sent: async ({ as }) => calls.get(as).sent,
  cancel: async ({ as }) => calls.get(as).cancel(),
  hang_up: async ({ on }) => clients.get(on).current.close(),
  goes: ({ on }) => clients.get(on).current.whenGoing,
  closed: ({ on }) => clients.get(on).current.whenClosed,
  raw,
  async garble(given) {
    for (const { socket } of peers(given)) socket.write(given.bytes);
  },
  /** When each connection has heard, or had an answer to, so many PINGs. */
  async pings({ what, count, ...given }) {
    while (peers(given).some(({ pings }) => pings[what] < count)) await new Promise((go) => setTimeout(go, 20));
  },
  async serve({ as, at, ...options }) {
    const waiting = [];
    const { services, log } = echo(options.key, () => waiting.splice(0).forEach((wake) => wake()));
    const server = new Server(services, options);
    servers.set(as, { server, log, waiting });
    return server.listen(at);
  },
  /** The log, once so many lines of it begin like this. */
  async logged({ as, text, times = 1 }) {
    const { log, waiting } = servers.get(as);
    const found = () => log.filter((line) => line.startsWith(text)).length;
    while (found() < times) await new Promise((resolve) => waiting.push(resolve));
    return log;
  },
  stop: ({ as }) => servers.get(as).server.stop(),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { n, do: name, ...given } = JSON.parse(line);
  const say = (said) => process.stdout.write(`${JSON.stringify({ n, ...said })}\n`);
  const hears = (said) => say({ said: toJson(said ?? null) });
  const fails = (error) => {
    const { code, declared, fields, why } = error instanceof Failed ? error : { code: null, declared: '', why: '' };
    say({ failed: { code, text: error.message, declared, fields: toJson(fields ?? null), why } });
  };
  Promise.resolve(fromJson(given)).then(commands[name]).then(hears, fails);
}
process.exit(0);
