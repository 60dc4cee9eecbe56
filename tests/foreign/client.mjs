// The calling side: greets, numbers its calls, waits for their answers and gives them up.

import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createConnection } from 'node:net';
import { connect as createTlsConnection } from 'node:tls';
import {
  Broken, Code, Cutter, Failed, Flag, Kind, LONGEST, LONGEST_TIMER, MAGIC, packHeaders, proof, UNBOUNDED, VERSION,
  WELCOME,
} from './frames.mjs';
import { pack, unpack } from './msgpack.mjs';
import { Peer } from './peer.mjs';
import { Receiver, Sender } from './streams.mjs';

/** Connects and greets; `tls` is {cert, key, ca}. Rejects with Failed where the server says why not, or Broken. */
export function connect(address, { tls = null, silence, mute, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const client = new Client({ ...options, resolve, reject });
    const known = { ...address, ...tls, minVersion: 'TLSv1.3', checkServerIdentity: () => undefined };
    const socket = tls ? createTlsConnection(known) : createConnection(address);
    socket.setNoDelay(true);
    client.peer = new Peer(socket, {
      takes: client.most,
      silence,
      mute,
      heard: (read) => client.heard(read),
      tooLong: (id) => client.giveUp(id, new Failed(Code.RESOURCE_EXHAUSTED, 'the answer is too long')),
      closed: (why) => client.lost(why),
    });
    client.peer.cutter = new Cutter(WELCOME);
    client.hello(1, { nonce: client.nonce, node: client.node });
  });
}

export class Client {
  constructor({ key = null, node = 'node', most = 4 << 20, window = 65_536, firstId = 1, careless = false, ...then }) {
    Object.assign(this, { key, node, most, window, careless, ...then });
    this.nonce = randomBytes(32);
    this.greeted = false;
    this.going = null;
    this.calls = new Map();
    this.next = firstId;
    this.methods = new Map();
    this.whenGoing = new Promise((resolve) => (this.goes = resolve));
    this.whenClosed = new Promise((resolve) => (this.closes = resolve));
  }

  hello(stage, body) {
    this.peer.now(Kind.HELLO, { code: VERSION, id: MAGIC, arg: stage, body: pack(body) });
  }

  greeting({ kind, code, id, arg, body }) {
    if (kind === Kind.GOAWAY) return this.reject(new Failed(code, body.toString()));
    if (kind !== Kind.HELLO || code !== VERSION || id !== MAGIC) throw new Broken('no greeting of ours');
    const said = unpack(body);
    if (arg === 2 && !this.theirs) {
      this.theirs = said.nonce;
      const shown = proof(this.key, 'client', this.nonce, this.theirs);
      return this.hello(3, { proof: shown, most: this.most, window: this.window });
    }
    if (arg !== 4 || !this.theirs) throw new Broken('a greeting out of turn');
    const due = proof(this.key, 'server', this.nonce, this.theirs);
    if (this.key && (said.proof?.length !== due.length || !timingSafeEqual(said.proof, due))) {
      throw new Broken('the server has not the key');
    }
    this.server = said;
    this.peer.said = this.careless ? Infinity : said.most;
    this.peer.cutter.longest = LONGEST;
    const all = said.services.flatMap(([service, methods]) => methods.map(([method]) => `${service}/${method}`));
    all.forEach((name, place) => this.methods.set(name, place));
    this.greeted = true;
    return this.resolve(this);
  }

  /** A call of `service/method`, with a request or an iterable of them; `within` is milliseconds. */
  call(name, { request = {}, items = null, within = null, headers = {} } = {}) {
    const code = this.methods.get(name);
    if (code === undefined) throw new Failed(Code.UNIMPLEMENTED, `${name} is not answered here`);
    return this.callAt(code, { request, items, within, headers });
  }

  callAt(code, { request = {}, items = null, within = null, headers = {} } = {}) {
    const message = items ? Buffer.alloc(0) : pack(request);
    const { flags, head } = packHeaders(headers);
    if (message.length > this.peer.said) throw new Failed(Code.RESOURCE_EXHAUSTED, 'the request is too long');
    while (this.next === 0 || this.calls.has(this.next)) this.next = (this.next + 1) >>> 0;
    const id = this.next;
    this.next = (this.next + 1) >>> 0;
    const call = new Call(this, id);
    this.calls.set(id, call);
    const arg = within === null ? UNBOUNDED : within;
    this.peer.say(Kind.REQUEST, { code, id, arg, flags: flags | (items ? Flag.STREAM : 0), head, body: message });
    if (within !== null) {
      const late = () => this.giveUp(id, new Failed(Code.DEADLINE_EXCEEDED, 'no answer in time'));
      if (!this.careless) call.timer = setTimeout(late, Math.min(within, LONGEST_TIMER));
    }
    if (items) call.send(items);
    return call;
  }

  giveUp(id, failure) {
    if (!this.calls.has(id)) return;
    this.peer.hush(id);
    this.peer.now(Kind.CANCEL, { id });
    this.end(id, failure);
  }

  end(id, failure, result = null) {
    const call = this.calls.get(id);
    this.calls.delete(id);
    this.peer.drop(id);
    call.ended(failure, result);
  }

  heard(read) {
    const { kind, code, id, arg, body } = read;
    if (!this.greeted) return this.greeting(read);
    if (kind === Kind.GOAWAY) return this.leaving(code, body.toString(), arg === 1);
    const call = this.calls.get(id);
    if (!call) return undefined; // what is still said of a call that was given up
    if (kind === Kind.RESPONSE) return this.end(id, null, body.length ? unpack(body) : null);
    if (kind === Kind.FAIL) return this.end(id, Failed.read(code, body));
    if (kind === Kind.END) return this.end(id, null);
    if (kind === Kind.CREDIT) return call.sender?.grant(arg);
    if (kind !== Kind.ITEM) throw new Broken(`a server sends no kind ${kind}`);
    if (!call.answers.put(body)) throw new Broken('beyond the credit');
    return undefined;
  }

  leaving(code, text, last) {
    this.going = { code, text, last };
    this.goes(this.going);
    if (!last) return;
    const failure = new Failed(Code.UNAVAILABLE, 'was not begun', { why: 'unprocessed' });
    for (const id of [...this.calls.keys()]) this.end(id, failure);
  }

  lost(why) {
    this.reject(new Broken(why));
    for (const id of [...this.calls.keys()]) this.end(id, new Failed(Code.UNAVAILABLE, 'the connection was lost'));
    this.closes(why);
  }

  close() {
    this.peer.socket.destroy();
  }
}

class Call {
  constructor(client, id) {
    Object.assign(this, { client, id });
    this.answers = new Receiver(client.peer, id, client.window);
    this.result = new Promise((resolve, reject) => Object.assign(this, { resolve, reject }));
    this.result.catch(() => {}); // whoever reads the stream instead hears of it there
    this.sent = 0;
  }

  async send(items) {
    this.sender = new Sender(this.client.peer, this.id, this.client.server.window);
    try {
      if (await this.sender.all(items, () => this.sent++)) this.client.peer.say(Kind.END, { id: this.id });
    } catch (error) {
      this.client.giveUp(this.id, error);
    }
  }

  cancel() {
    this.client.giveUp(this.id, new Failed(Code.CANCELLED, 'given up'));
  }

  ended(failure, result) {
    clearTimeout(this.timer);
    this.sender?.stop();
    this.answers.end(failure);
    if (failure) this.reject(failure);
    else this.resolve(result);
  }

  [Symbol.asyncIterator]() {
    return this.answers[Symbol.asyncIterator]();
  }
}

/** An address that is called whoever answers there: a connection that goes away is followed by the next. */
export class Line {
  constructor(address, options) {
    Object.assign(this, { address, options });
  }

  async client() {
    if (!this.current || this.current.going || this.current.peer.socket.destroyed) {
      this.current = await connect(this.address, this.options);
    }
    return this.current;
  }
}
