// One connection, greeted: messages go out in turns by chunk and come in whole; it keeps watch over the other side.

import { Broken, CHUNK, Cutter, Flag, frame, Kind } from './frames.mjs';

const MOST_LONG = 32 << 20;
const MOST_HELD = 64 << 20;
const PER_CHUNK = 512;

export class Peer {
  /**
   * `takes` are the bytes of a message that this side takes; `silence` milliseconds after which it sends PING. `heard`
   * is called with each message or frame, `tooLong` with the id of a call of which one was dropped, `closed` once.
   */
  constructor(socket, { takes, patient = true, silence = 5_000, mute = false, heard, tooLong, closed }) {
    Object.assign(this, { socket, takes, patient, silence, mute, heard, tooLong, closed });
    this.said = Infinity;
    this.lanes = new Map(); // call id -> messages that wait for their turn
    this.parts = new Map(); // call id -> a message that is not whole yet; null where it is dropped
    this.held = 0;
    this.long = 0; // bytes of long messages under way
    this.blocked = false;
    this.quiet = () => {};
    this.cutter = new Cutter();
    this.last = Date.now();
    this.asked = false;
    this.pings = { heard: 0, answered: 0 };
    this.looked = this.last;
    this.watch = setInterval(() => this.look(), silence / 5);
    socket.on('data', (bytes) => this.read(bytes));
    socket.on('drain', () => this.flow());
    socket.on('close', () => this.gone());
    socket.on('error', () => this.gone());
  }

  gone() {
    clearInterval(this.watch);
    this.lanes.clear();
    this.parts.clear();
    this.quiet();
    this.socket.destroy();
    const closed = this.closed;
    this.closed = () => {};
    closed(this.why ?? 'the connection ended');
  }

  look() {
    const now = Date.now();
    const away = now - this.looked - this.silence / 5; // time in which nobody here could have heard anything
    this.looked = now;
    if (away > 0) this.last += away;
    const silent = now - this.last;
    if (silent < this.silence || this.socket.isPaused()) return;
    if (this.asked && silent >= 2 * this.silence) this.gone();
    else if (!this.asked) this.now(Kind.PING);
    this.asked = true;
  }

  // Going out

  /** A frame that waits for nobody. */
  now(kind, fields = {}) {
    if (!this.socket.destroyed) this.socket.write(frame(kind, fields));
  }

  /** A message: in order with the others of its call, in turns with other calls. */
  say(kind, { id, head = null, body = Buffer.alloc(0), ...fields }) {
    if (this.socket.destroyed) return;
    if (!this.lanes.has(id)) this.lanes.set(id, []);
    this.lanes.get(id).push({ kind, head, body, fields, at: -1 });
    this.flow();
  }

  /** When all that was to be said is on its way. */
  whenQuiet() {
    return new Promise((resolve) => (this.lanes.size ? (this.quiet = resolve) : resolve()));
  }

  /** Say nothing more of a call: what waits is dropped, a message that has begun is left as it is. */
  hush(id) {
    for (const message of this.lanes.get(id) ?? []) if (message.at > 0) this.long -= message.body.length;
    this.lanes.delete(id);
  }

  flow() {
    this.blocked = this.socket.writableNeedDrain;
    while (!this.blocked && this.step());
    if (!this.lanes.size) this.quiet();
    if (this.patient) return;
    if (this.blocked) this.socket.pause(); // a server reads no further while it cannot answer
    else this.socket.resume();
  }

  step() {
    for (const [id, waiting] of this.lanes) {
      const message = waiting[0];
      const { kind, head, body, fields } = message;
      const length = body.length;
      if (message.at < 0 && length > CHUNK) {
        if (this.long > 0 && this.long + length > MOST_LONG) continue;
        this.long += length;
      }
      const from = Math.max(message.at, 0);
      message.at = Math.min(from + CHUNK, length);
      const more = message.at < length ? Flag.MORE : 0;
      const chunk = { id, body: body.subarray(from, message.at) };
      if (from) Object.assign(chunk, { flags: more });
      else {
        if (head) chunk.body = Buffer.concat([head, chunk.body]);
        Object.assign(chunk, fields, { flags: (fields.flags ?? 0) | more });
      }
      this.lanes.delete(id);
      if (!more) {
        if (from) this.long -= length;
        waiting.shift();
      }
      if (waiting.length) this.lanes.set(id, waiting); // at the end: the others come first
      this.blocked = !this.socket.write(frame(from ? Kind.DATA : kind, chunk));
      return true;
    }
    return false;
  }

  // Coming in

  read(bytes) {
    this.last = Date.now();
    this.asked = false;
    try {
      for (const each of this.cutter.push(bytes)) this.whole(each);
    } catch (error) {
      this.why = error.message;
      this.gone();
    }
  }

  whole(read) {
    const { kind, flags, id, body } = read;
    if (kind === Kind.PING) {
      this.pings.heard++;
      return this.mute ? undefined : this.now(Kind.PONG);
    }
    if (kind === Kind.PONG) return void this.pings.answered++;
    const begun = this.parts.get(id);
    if (kind === Kind.DATA) {
      if (begun === undefined) return undefined; // of a call that is forgotten
      if (begun) this.keep(begun, body);
      if (flags & Flag.MORE) return undefined;
      this.drop(id);
      if (!begun) return undefined;
      return this.heard({ ...begun.read, flags: begun.read.flags & ~Flag.MORE, body: Buffer.concat(begun.all) });
    }
    if (begun !== undefined && kind !== Kind.CREDIT && kind !== Kind.CANCEL && kind !== Kind.FAIL) {
      throw new Broken('a message within another one');
    }
    const most = this.takes + (flags & Flag.META && body.length > 1 ? 2 + body.readUInt16LE(0) : 0); // of the message
    if (!(flags & Flag.MORE)) return body.length > most && kind !== Kind.HELLO ? this.tooLong(id) : this.heard(read);
    const first = { read, most, all: [], bytes: 0 };
    this.parts.set(id, first);
    return this.keep(first, body);
  }

  keep(begun, body) {
    const { id } = begun.read;
    begun.all.push(body);
    begun.bytes += body.length + PER_CHUNK;
    this.held += body.length + PER_CHUNK;
    const long = begun.bytes - begun.all.length * PER_CHUNK > begun.most;
    if (!long && this.held <= Math.max(MOST_HELD, 2 * this.takes)) return;
    this.drop(id);
    this.parts.set(id, null);
    this.tooLong(id);
  }

  /** Keep nothing of a message that is not whole yet. */
  drop(id) {
    this.held -= this.parts.get(id)?.bytes ?? 0;
    this.parts.delete(id);
  }
}
