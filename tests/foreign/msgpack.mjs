// The part of MessagePack that the lean wire uses: maps by text, integers to 64 bits, timestamps as the sole extension.
// Whole numbers are read as numbers where those are exact, else as BigInt; bytes are Buffers; nil is null.

const DEEPEST = 100;

/** A moment: whole seconds since 1970 (negative before), and the nanoseconds that follow. */
export class Timestamp {
  constructor(seconds, nanos = 0) {
    this.seconds = BigInt(seconds);
    this.nanos = nanos;
  }
}

/** A number that is written as a float even when it is whole. */
export class Float {
  constructor(value) {
    this.value = value;
  }
}

export function pack(value) {
  const parts = [];
  write(value, parts, 0);
  return Buffer.concat(parts);
}

function head(parts, size, method, ...bytes) {
  const value = bytes.pop();
  const part = Buffer.alloc(bytes.length + size);
  bytes.forEach((byte, at) => (part[at] = byte));
  part[method](value, bytes.length);
  parts.push(part);
}

function sized(parts, length, small, mask, [one, two, four]) {
  if (small !== null && length <= mask) parts.push(Buffer.from([small | length]));
  else if (one !== null && length < 0x100) parts.push(Buffer.from([one, length]));
  else if (length < 0x10000) head(parts, 2, 'writeUInt16BE', two, length);
  else head(parts, 4, 'writeUInt32BE', four, length);
}

function integer(value, parts) {
  const wide = BigInt(value);
  if (wide >= -32n && wide < 128n) parts.push(Buffer.from([Number(wide) & 0xff]));
  else if (wide < 0n) head(parts, 8, 'writeBigInt64BE', 0xd3, wide);
  else head(parts, 8, 'writeBigUInt64BE', 0xcf, wide);
}

function write(value, parts, depth) {
  if (depth > DEEPEST) throw new RangeError('too deep');
  if (value === null || value === undefined) parts.push(Buffer.from([0xc0]));
  else if (typeof value === 'boolean') parts.push(Buffer.from([value ? 0xc3 : 0xc2]));
  else if (typeof value === 'bigint' || Number.isSafeInteger(value)) integer(value, parts);
  else if (typeof value === 'number') head(parts, 8, 'writeDoubleBE', 0xcb, value);
  else if (value instanceof Float) head(parts, 8, 'writeDoubleBE', 0xcb, value.value);
  else if (typeof value === 'string') {
    const text = Buffer.from(value);
    sized(parts, text.length, 0xa0, 31, [0xd9, 0xda, 0xdb]);
    parts.push(text);
  } else if (value instanceof Uint8Array) {
    sized(parts, value.length, null, 0, [0xc4, 0xc5, 0xc6]);
    parts.push(value);
  } else if (value instanceof Timestamp) {
    head(parts, 4, 'writeUInt32BE', 0xc7, 12, 0xff, value.nanos);
    head(parts, 8, 'writeBigInt64BE', value.seconds);
  } else if (Array.isArray(value)) {
    sized(parts, value.length, 0x90, 15, [null, 0xdc, 0xdd]);
    for (const each of value) write(each, parts, depth + 1);
  } else {
    const entries = Object.entries(value);
    sized(parts, entries.length, 0x80, 15, [null, 0xde, 0xdf]);
    for (const [name, each] of entries) {
      write(name, parts, depth + 1);
      write(each, parts, depth + 1);
    }
  }
}

/** The one value that these bytes are. Throws RangeError or SyntaxError at everything else. */
export function unpack(bytes) {
  const reader = new Reader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
  const value = reader.value(0);
  if (reader.at !== bytes.length) throw new SyntaxError('more than one value');
  return value;
}

const NUMBERS = {
  0xcc: 'readUInt8', 0xcd: 'readUInt16BE', 0xce: 'readUInt32BE', 0xcf: 'readBigUInt64BE', 0xd0: 'readInt8',
  0xd1: 'readInt16BE', 0xd2: 'readInt32BE', 0xd3: 'readBigInt64BE', 0xca: 'readFloatBE', 0xcb: 'readDoubleBE',
};
const WIDTHS = [1, 2, 4, 8];
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  take(length) {
    if (length > this.bytes.length - this.at) throw new RangeError('cut short');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  size(width) {
    return this.take(width).readUIntBE(0, width);
  }

  value(depth) {
    if (depth > DEEPEST) throw new RangeError('too deep');
    const kind = this.size(1);
    if (kind < 0x80) return kind;
    if (kind >= 0xe0) return kind - 0x100;
    if (kind < 0x90) return this.map(kind & 15, depth);
    if (kind < 0xa0) return this.array(kind & 15, depth);
    if (kind < 0xc0) return utf8.decode(this.take(kind & 31));
    if (kind in NUMBERS) return this.number(kind);
    switch (kind) {
      case 0xc0: return null;
      case 0xc2: return false;
      case 0xc3: return true;
      case 0xc4: case 0xc5: case 0xc6: return this.take(this.size(WIDTHS[kind - 0xc4]));
      case 0xd9: case 0xda: case 0xdb: return utf8.decode(this.take(this.size(WIDTHS[kind - 0xd9])));
      case 0xdc: case 0xdd: return this.array(this.size(WIDTHS[kind - 0xdb]), depth);
      case 0xde: case 0xdf: return this.map(this.size(WIDTHS[kind - 0xdd]), depth);
      case 0xd6: return this.timestamp(4);
      case 0xd7: return this.timestamp(8);
      case 0xc7: return this.timestamp(this.size(1));
      default: throw new SyntaxError(`nothing of ours begins with ${kind}`);
    }
  }

  number(kind) {
    const bytes = this.take(kind < 0xcc ? (kind === 0xca ? 4 : 8) : WIDTHS[(kind - 0xcc) % 4]);
    const read = bytes[NUMBERS[kind]](0);
    return typeof read === 'bigint' && Number.isSafeInteger(Number(read)) ? Number(read) : read;
  }

  array(length, depth) {
    if (length > this.bytes.length - this.at) throw new RangeError('cut short');
    return Array.from({ length }, () => this.value(depth + 1));
  }

  map(length, depth) {
    const map = Object.create(null);
    for (let count = 0; count < length; count++) {
      const name = this.value(depth + 1);
      if (typeof name !== 'string') throw new SyntaxError('a name that is no text');
      map[name] = this.value(depth + 1);
    }
    return map;
  }

  timestamp(length) {
    if (this.take(1).readInt8(0) !== -1) throw new SyntaxError('an extension that is no timestamp');
    const bytes = this.take(length);
    if (length === 4) return new Timestamp(bytes.readUInt32BE(0));
    if (length === 12) return new Timestamp(bytes.readBigInt64BE(4), bytes.readUInt32BE(0));
    if (length !== 8) throw new SyntaxError('a timestamp of another length');
    const both = bytes.readBigUInt64BE(0);
    return new Timestamp(both & 0x3ffffffffn, Number(both >> 34n));
  }
}
