// The answering side: greets who has the key, runs what it is asked, and goes away without losing a call.

import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import {
  Broken, Code, Cutter, Failed, Flag, Kind, LONGEST, LONGEST_TIMER, MAGIC, proof, splitHeaders, UNBOUNDED, VERSION,
} from './frames.mjs';
import { pack, unpack } from './msgpack.mjs';
import { Peer } from './peer.mjs';
import { Receiver, Sender } from './streams.mjs';

const STRANGER = 4_096;
const PATIENCE = 5_000;

export class Server {
  /** `services` is {service: {method: {run, fingerprint}}}; run(request or iterable, context) answers or generates. */
  constructor(services, { key = null, node = 'node', most = 4 << 20, window = 65_536, atOnce = 10_000, ...then } = {}) {
    Object.assign(this, { services, key, node, most, window, atOnce, ...then });
    this.methods = Object.values(services).flatMap((methods) => Object.values(methods));
    this.guests = new Set();
    this.stopping = false;
    const met = (socket) => this.guests.add(new Guest(this, socket.setNoDelay(true)));
    const both = { minVersion: 'TLSv1.3', requestCert: true, rejectUnauthorized: true };
    this.listener = this.tls ? createTlsServer({ ...this.tls, ...both }, met) : createServer(met);
  }

  listen(address) {
    return new Promise((resolve) => this.listener.listen(address, () => resolve(this.listener.address())));
  }

  /** Say that it goes, answer what was asked, and hang up. */
  async stop() {
    this.stopping = true;
    this.listener.close();
    await Promise.all([...this.guests].map((guest) => guest.leave()));
  }

  offered() {
    return Object.entries(this.services).map(([service, methods]) => {
      return [service, Object.entries(methods).map(([name, { fingerprint }]) => [name, fingerprint ?? 0])];
    });
  }
}

class Guest {
  constructor(server, socket) {
    this.server = server;
    this.running = new Map();
    this.stage = 1;
    this.whenGone = new Promise((resolve) => (this.gone = resolve));
    this.peer = new Peer(socket, {
      takes: server.most,
      patient: false,
      silence: server.silence,
      mute: server.mute,
      heard: (read) => this.heard(read),
      tooLong: (id) => this.fail(id, new Failed(Code.RESOURCE_EXHAUSTED, 'the request is too long')),
      closed: () => this.lost(),
    });
    this.peer.cutter = new Cutter(STRANGER);
    this.timer = setTimeout(() => this.peer.gone(), PATIENCE);
  }

  lost() {
    clearTimeout(this.timer);
    this.server.guests.delete(this);
    for (const id of [...this.running.keys()]) this.forget(id);
    this.gone();
  }

  away(code, text, last = 0) {
    this.peer.now(Kind.GOAWAY, { code, arg: last, body: Buffer.from(text) });
  }

  turnAway(code, text) {
    this.away(code, text);
    this.peer.socket.end();
  }

  greeting({ kind, code, id, arg, body }) {
    if (kind !== Kind.HELLO || id !== MAGIC || arg !== this.stage) throw new Broken('no greeting of ours');
    if (code !== VERSION) return this.turnAway(Code.UNIMPLEMENTED, `version ${VERSION} is spoken here`);
    const said = unpack(body);
    const hello = (stage, back) => {
      this.peer.now(Kind.HELLO, { code: VERSION, id: MAGIC, arg: stage, body: pack(back) });
    };
    const { key, node, most, window } = this.server;
    if (arg === 1) {
      if (this.server.stopping) return this.turnAway(Code.UNAVAILABLE, 'not ready');
      this.theirs = said.nonce;
      this.nonce = randomBytes(32);
      this.stage = 3;
      return hello(2, { nonce: this.nonce });
    }
    const due = proof(key, 'client', this.theirs, this.nonce);
    if (key && (said.proof?.length !== due.length || !timingSafeEqual(said.proof, due))) {
      return this.turnAway(Code.UNAUTHENTICATED, 'that is not the key');
    }
    clearTimeout(this.timer);
    this.stage = 0;
    this.peer.said = said.most;
    this.peer.cutter.longest = LONGEST;
    this.window = said.window;
    const shown = proof(key, 'server', this.theirs, this.nonce);
    return hello(4, { proof: shown, node, most, window, services: this.server.offered() });
  }

  heard(read) {
    const { kind, id, arg, body } = read;
    if (this.stage) return this.greeting(read);
    if (kind === Kind.REQUEST) return this.request(read);
    const call = this.running.get(id);
    if (!call) return undefined; // of a call that is over
    if (kind === Kind.CANCEL) return this.forget(id);
    if (kind === Kind.CREDIT) return call.sender.grant(arg);
    if (kind === Kind.END) return call.asked?.end();
    if (kind !== Kind.ITEM || !call.asked) throw new Broken(`a client sends no kind ${kind} here`);
    if (!call.asked.put(body)) throw new Broken('beyond the credit');
    return undefined;
  }

  request({ code, id, arg, flags, body }) {
    if (this.running.has(id)) throw new Broken('a call that is running already');
    const method = this.server.methods[code];
    if (this.server.stopping) return this.fail(id, new Failed(Code.UNAVAILABLE, 'stopping', { why: 'unprocessed' }));
    if (!method) return this.fail(id, new Failed(Code.UNIMPLEMENTED, 'no such method'));
    if (arg === 0) return this.fail(id, new Failed(Code.DEADLINE_EXCEEDED, 'no time is left'));
    if (this.running.size >= this.server.atOnce) return this.fail(id, new Failed(Code.RESOURCE_EXHAUSTED, 'too many'));
    const [headers, message] = splitHeaders(flags, body);
    const abort = new AbortController();
    const call = { abort, sender: new Sender(this.peer, id, this.window) };
    if (flags & Flag.STREAM) call.asked = new Receiver(this.peer, id, this.server.window);
    this.running.set(id, call);
    if (arg !== UNBOUNDED) {
      const late = () => this.fail(id, new Failed(Code.DEADLINE_EXCEEDED, 'the time is over'));
      call.timer = setTimeout(late, Math.min(arg, LONGEST_TIMER));
    }
    return this.run(id, call, method, message, { headers, within: arg, signal: abort.signal, call });
  }

  async run(id, call, method, message, context) {
    try {
      const answer = method.run(call.asked ?? read(message), context);
      if (answer[Symbol.asyncIterator]) {
        const whole = await call.sender.all(answer, () => (call.sent = (call.sent ?? 0) + 1));
        if (whole && this.finish(id)) this.peer.say(Kind.END, { id });
        return;
      }
      const result = await answer;
      const body = result === null ? Buffer.alloc(0) : pack(result);
      if (body.length > this.peer.said) throw new Failed(Code.RESOURCE_EXHAUSTED, 'the answer is too long');
      if (this.finish(id)) this.peer.say(Kind.RESPONSE, { id, body });
    } catch (error) {
      if (this.running.has(id)) this.fail(id, error instanceof Failed ? error : new Failed(Code.INTERNAL));
    }
  }

  finish(id) {
    const call = this.running.get(id);
    clearTimeout(call?.timer);
    this.running.delete(id);
    this.peer.drop(id);
    if (!this.running.size) this.idle?.();
    return call;
  }

  /** Nobody waits for it any more: it ends, and nothing is said of it. */
  forget(id) {
    const call = this.finish(id);
    call?.abort.abort();
    call?.sender.stop();
    call?.asked?.end(new Failed(Code.CANCELLED, 'given up'));
    this.peer.hush(id);
  }

  fail(id, failure) {
    this.forget(id);
    this.peer.say(Kind.FAIL, { id, code: failure.code, body: failure.body() });
  }

  async leave() {
    if (!this.stage) this.away(Code.UNAVAILABLE, 'the process is stopping');
    if (this.running.size) await Promise.race([new Promise((resolve) => (this.idle = resolve)), this.whenGone]);
    await this.peer.whenQuiet();
    this.away(Code.UNAVAILABLE, 'the process has stopped', 1);
    this.peer.socket.end();
    await this.whenGone;
  }
}

function read(message) {
  try {
    return message.length ? unpack(message) : Object.create(null);
  } catch (error) {
    throw new Failed(Code.INVALID_ARGUMENT, error.message);
  }
}
