// The two ends of a stream: a sender that waits for credit, and a receiver that grants it as its reader reads.

import { Kind } from './frames.mjs';
import { pack, unpack } from './msgpack.mjs';

const COST = 16;

export class Sender {
  constructor(peer, id, credit) {
    Object.assign(this, { peer, id, credit });
    this.ended = null;
    this.wake = () => {};
  }

  grant(bytes) {
    this.credit += bytes;
    this.wake();
  }

  /** Nobody reads any more. */
  stop() {
    this.ended = true;
    this.wake();
  }

  /** Send all of an iterable. True when it was sent, false when it was stopped before its end. */
  async all(items, told = () => {}) {
    for await (const item of items) {
      while (this.credit <= 0 && !this.ended) await new Promise((resolve) => (this.wake = resolve));
      if (this.ended) return false;
      const body = pack(item);
      this.credit -= body.length + COST;
      this.peer.say(Kind.ITEM, { id: this.id, body });
      told();
    }
    return !this.ended;
  }
}

export class Receiver {
  constructor(peer, id, window) {
    Object.assign(this, { peer, id, window });
    this.waiting = [];
    this.read = 0;
    this.owed = window; // what the other side may still send
    this.over = null;
    this.wake = () => {};
  }

  /** An item came. False when it was not to be sent. */
  put(body) {
    if (this.owed <= 0) return false;
    this.owed -= body.length + COST;
    this.waiting.push(body);
    this.wake();
    return true;
  }

  /** No item comes any more; an error is thrown to whoever reads, after what came before. */
  end(error = null) {
    this.over ??= { error };
    this.wake();
  }

  async *[Symbol.asyncIterator]() {
    for (;;) {
      while (!this.waiting.length && !this.over) await new Promise((resolve) => (this.wake = resolve));
      if (!this.waiting.length) {
        if (this.over.error) throw this.over.error;
        return;
      }
      const body = this.waiting.shift();
      this.read += body.length + COST;
      if (this.read >= this.window / 2 && !this.over) {
        this.peer.now(Kind.CREDIT, { id: this.id, arg: this.read });
        this.owed += this.read;
        this.read = 0;
      }
      yield unpack(body);
    }
  }
}
