// Frames of the lean wire: header and body, metadata before a request's message, and both sides' proofs.

import { createHmac } from 'node:crypto';
import { pack, unpack } from './msgpack.mjs';

export const VERSION = 1;
export const MAGIC = 0x414e4750;
export const CHUNK = 65_536;
export const LONGEST = 131_073;
export const WELCOME = 4 << 20; // of HELLO 4 alone
export const LONGEST_TIMER = 2 ** 31 - 1; // of Node's: beyond, one would be over at once
export const UNBOUNDED = 0xffffffff;

export const Kind = Object.freeze({
  HELLO: 1, REQUEST: 2, RESPONSE: 3, FAIL: 4, CANCEL: 5, ITEM: 6, END: 7, CREDIT: 8, PING: 9, PONG: 10, GOAWAY: 11,
  DATA: 12,
});
export const Flag = Object.freeze({ META: 1, MORE: 2, STREAM: 4 });
export const Code = Object.freeze({
  CANCELLED: 1, INVALID_ARGUMENT: 3, DEADLINE_EXCEEDED: 4, NOT_FOUND: 5, PERMISSION_DENIED: 7, RESOURCE_EXHAUSTED: 8,
  UNIMPLEMENTED: 12, INTERNAL: 13, UNAVAILABLE: 14, UNAUTHENTICATED: 16,
});

/** What the other side may not do: the connection ends. */
export class Broken extends Error {}

/** A call that did not succeed: its kind's number, the declared failure's name and fields, why it is unavailable. */
export class Failed extends Error {
  constructor(code, text = '', { name = '', fields = null, why = '' } = {}) {
    super(text);
    Object.assign(this, { code, declared: name, fields, why });
  }

  body() {
    return pack([this.message, this.declared, this.fields, this.why]);
  }

  static read(code, body) {
    const [text, name, fields, why] = unpack(body);
    return new Failed(code, text, { name, fields, why });
  }
}

export function frame(kind, { flags = 0, code = 0, id = 0, arg = 0, body = Buffer.alloc(0) } = {}) {
  const head = Buffer.alloc(16);
  head.writeUInt32LE(body.length, 0);
  head.writeUInt8(kind, 4);
  head.writeUInt8(flags, 5);
  head.writeUInt16LE(code, 6);
  head.writeUInt32LE(id, 8);
  head.writeUInt32LE(arg, 12);
  return Buffer.concat([head, body]);
}

/** Cuts what a socket reads into frames. */
export class Cutter {
  constructor(longest = LONGEST) {
    this.longest = longest;
    this.parts = [];
    this.held = 0;
  }

  *push(bytes) {
    this.parts.push(bytes);
    this.held += bytes.length;
    let all = null;
    while (this.held >= 16) {
      all = all ?? Buffer.concat(this.parts);
      const length = all.readUInt32LE(0);
      if (length > this.longest) throw new Broken(`a frame of ${length} bytes`);
      const rest = all.length - 16 - length;
      this.parts = [all];
      if (rest < 0) return;
      const [kind, flags] = [all[4], all[5]];
      if (kind < 1 || kind > 12 || flags > 7) throw new Broken(`a frame of kind ${kind} with flags ${flags}`);
      const read = { kind, flags, code: all.readUInt16LE(6), id: all.readUInt32LE(8), arg: all.readUInt32LE(12) };
      read.body = all.subarray(16, 16 + length);
      all = all.subarray(16 + length);
      this.parts = [all];
      this.held = rest;
      yield read;
    }
  }
}

/** What stands before a request's message: nothing where there are no headers. */
export function packHeaders(headers) {
  const entries = Object.entries(headers).flat();
  if (!entries.length) return { flags: 0, head: Buffer.alloc(0) };
  const packed = pack(entries);
  const size = Buffer.alloc(2);
  size.writeUInt16LE(packed.length);
  return { flags: Flag.META, head: Buffer.concat([size, packed]) };
}

export function splitHeaders(flags, body) {
  if (!(flags & Flag.META)) return [Object.create(null), body];
  const size = body.length < 2 ? Infinity : body.readUInt16LE(0);
  if (2 + size > body.length) throw new Broken('headers beyond the body');
  const read = unpack(body.subarray(2, 2 + size));
  if (!Array.isArray(read) || read.length % 2) throw new Broken('headers that are no pairs');
  const headers = Object.create(null);
  for (let at = 0; at < read.length; at += 2) {
    const [name, value] = [read[at], read[at + 1]];
    const fits = name.endsWith('-bin') ? Buffer.isBuffer(value) : typeof value === 'string';
    if (!fits || (typeof value === 'string' && !/^[ -~]*$/.test(value))) throw new Broken(`no value of ${name}`);
    headers[name] = value;
  }
  return [headers, body.subarray(2 + size)];
}

/** What `side` ("client" or "server") shows for the key; nothing where there is none. */
export function proof(key, side, clientNonce, serverNonce) {
  if (!key) return Buffer.alloc(0);
  const mac = createHmac('sha256', key).update(`pangaea lean 1 ${side}\0`);
  return mac.update(clientNonce).update(serverNonce).digest();
}
