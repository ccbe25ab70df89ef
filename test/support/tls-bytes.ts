/** TLS records and hellos built from values. */
import { bytesOf } from './packet-bytes.js';

const RANDOM = Buffer.alloc(32, 7);

function be16(value: number): Buffer {
	const bytes = Buffer.alloc(2);
	bytes.writeUInt16BE(value);
	return bytes;
}

export function record(type: number, fragment: Uint8Array | readonly number[]): Buffer {
	return bytesOf(type, [3, 3], be16(fragment.length), fragment);
}

export function handshake(type: number, body: Uint8Array): Buffer {
	return bytesOf(type, 0, be16(body.length), body);
}

export function extension(type: number, value: Uint8Array | readonly number[]): Buffer {
	return bytesOf(be16(type), be16(value.length), value);
}

/** The body of a ClientHello; `bare` without the field of extensions. */
export function clientHello({
	version = 0x0303,
	serverName = '',
	extensions = [] as readonly Uint8Array[],
	bare = false,
} = {}): Buffer {
	const name = Buffer.from(serverName);
	const sni = bytesOf(be16(name.length + 3), 0, be16(name.length), name);
	const all = bytesOf(...(serverName === '' ? [] : [extension(0, sni)]), ...extensions);
	const fixed = bytesOf(be16(version), RANDOM, 0, be16(2), [0x13, 0x01], 1, 0);
	return bare ? fixed : bytesOf(fixed, be16(all.length), all);
}

/** The body of a ServerHello of TLS 1.2. */
export function serverHello(extensions: readonly Uint8Array[] = []): Buffer {
	const all = bytesOf(...extensions);
	return bytesOf([3, 3], RANDOM, 0, [0x13, 0x01], 0, be16(all.length), all);
}
