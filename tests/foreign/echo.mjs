// tests/parity's Echo, answered in JavaScript: it returns, fails, waits, streams and remembers.

import { Code, Failed, UNBOUNDED } from './frames.mjs';
import { check } from './principal.mjs';

const NOTHING = {
  flag: false, number: 0, small: 0, big: 0, ratio: 0, text: '', raw: Buffer.alloc(0), colour: 0, at: null,
  day: '1970-01-01', wait: 'PT0S', ident: '00000000-0000-0000-0000-000000000000', price: '0', point: null, points: [],
  names: [], by_name: {}, maybe: null, shape: null, bounded: 5,
};

const FAILURES = {
  declared: () => new Failed(Code.NOT_FOUND, 'no thing with ID x', { name: 'echo.NoSuchThing', fields: { id: 'x' } }),
  'with rich fields': () => {
    const fields = { limit: 2, points: [{ x: 1, y: 7 }, { x: 2, y: 3 }] };
    return new Failed(Code.RESOURCE_EXHAUSTED, 'at most 2', { name: 'echo.Limited', fields });
  },
  undeclared: () => new Failed(Code.INTERNAL),
};

/** The services of a server, and what happened to it. `told` is called whenever something was added to the log. */
export function echo(key, told) {
  const log = [];
  const note = (text) => told(log.push(text));
  let made = 0;

  async function* count({ to, fail_at: failAt = -1, size = 0 }, { signal }) {
    signal.addEventListener('abort', () => note(`count closed at ${made}`));
    for (let number = 0; number < to; number++) {
      if (number === failAt) {
        throw new Failed(Code.NOT_FOUND, 'gone', { name: 'echo.NoSuchThing', fields: { id: `${number}` } });
      }
      made = number + 1;
      yield { number, blob: Buffer.alloc(size, 'x') };
    }
  }

  async function total(items) {
    let sum = 0;
    for await (const item of items) sum += item.number;
    return { x: sum, y: 7 };
  }

  async function* double(items) {
    for await (const item of items) yield { number: item.number * 2, blob: item.blob };
  }

  function hang({ name }, { signal }) {
    note(`${name} began`);
    return new Promise(() => {
      signal.addEventListener('abort', () => note(`${name} cancelled`));
    });
  }

  async function see(_, { headers, within }) {
    const { 'pangaea-principal': signed, 'weight-bin': weight, traceparent: trace = '' } = headers;
    const tenant = headers.tenant ?? headers['tenant-bin']?.toString() ?? '';
    const who = signed && key ? check(key, signed, 'echo.Echo') : null;
    return {
      remaining: within === UNBOUNDED ? -1 : within / 1000, subject: who?.subject ?? '', roles: who?.roles ?? [],
      tenant, weight: weight === undefined ? -1 : JSON.parse(weight.toString()), trace, log, made,
    };
  }

  const run = {
    Everything: async (value) => value,
    Parameters: async ({ from, number = 3, maybe = null }) => ({ ...NOTHING, text: `${from}/${maybe}`, number }),
    See: see,
    Fail: async ({ how }) => {
      throw FAILURES[how]?.() ?? new Error(how);
    },
    Hang: hang,
    Note: ({ text }) => (note(text), text.startsWith('hold') ? new Promise(() => {}) : Promise.resolve(null)),
    Count: count,
    Total: total,
    Double: double,
  };
  const methods = Object.fromEntries(Object.entries(run).map(([name, each]) => [name, { run: each }]));
  return { services: { 'echo.Echo': methods }, log };
}
