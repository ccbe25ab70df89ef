/* The handshake messages that TLS sends in the clear (RFC 8446 §4.1, RFC 5246 §7.4, RFC 6066 §3). */
import { Cursor } from '../bytes/cursor.js';
import type { Parsed } from '../bytes/malformed.js';

export const HANDSHAKE_TYPE = {
	clientHello: 1,
	serverHello: 2,
	certificate: 11,
	certificateRequest: 13,
} as const;

export interface ClientHello {
	readonly serverName: string | undefined;
	/** The highest version offered, `TLS 1.2`. */
	readonly offeredVersion: string;
}

const SERVER_NAME = 0;
const SUPPORTED_VERSIONS = 43;
const MAX_CERTIFICATES = 16;
/** RFC 1035 §2.3.4: no longer name exists. */
const MAX_NAME = 255;

/** `TLS 1.3`, `SSL 3.0`; the number for one that nobody knows. */
export function versionName(version: number): string {
	if (version === 0x0300) return 'SSL 3.0';
	if (version > 0x0300 && version <= 0x0304) return `TLS 1.${version - 0x0301}`;
	return `0x${version.toString(16).padStart(4, '0')}`;
}

export function parseClientHello(body: Uint8Array): Parsed<ClientHello> {
	const cursor = new Cursor(body, 'tls-client-hello', 'handshake length');
	const legacyVersion = cursor.u16();
	cursor.skip(32);
	cursor.skip(cursor.u8());
	cursor.skip(cursor.u16());
	cursor.skip(cursor.u8());
	const extensions = extensionsOf(cursor);
	const supported = versionsOf(extensions.get(SUPPORTED_VERSIONS));
	const value = {
		serverName: serverNameOf(extensions.get(SERVER_NAME)),
		offeredVersion: versionName(Math.max(...supported, supported.length === 0 ? legacyVersion : 0)),
	};
	return cursor.result(value);
}

/** The version that the server chose. */
export function parseServerHello(body: Uint8Array): Parsed<string> {
	const cursor = new Cursor(body, 'tls-server-hello', 'handshake length');
	const legacyVersion = cursor.u16();
	cursor.skip(32);
	cursor.skip(cursor.u8());
	cursor.skip(3);
	const chosen = extensionsOf(cursor).get(SUPPORTED_VERSIONS);
	const version = chosen?.length === 2 ? ((chosen[0] ?? 0) << 8) | (chosen[1] ?? 0) : legacyVersion;
	return cursor.result(versionName(version));
}

/** The DER of each certificate, leaf first, as TLS 1.2 and older send them (RFC 5246 §7.4.2). */
export function parseCertificateList(body: Uint8Array): readonly Uint8Array[] {
	const cursor = new Cursor(body, 'tls-certificate', 'handshake length');
	const certificates: Uint8Array[] = [];
	cursor.skip(3);
	while (cursor.remaining > 3 && certificates.length < MAX_CERTIFICATES) {
		const length = (cursor.u8() << 16) | cursor.u16();
		const der = cursor.take(length);
		if (!cursor.failed) certificates.push(der);
	}
	return certificates;
}

/** By number; none where the hello ends before them, as RFC 5246 §7.4.1.2 allows. */
function extensionsOf(cursor: Cursor): ReadonlyMap<number, Uint8Array> {
	const extensions = new Map<number, Uint8Array>();
	if (cursor.remaining < 2) return extensions;
	const list = new Cursor(cursor.take(cursor.u16()), 'tls-extensions', 'extensions length');
	while (list.remaining >= 4) {
		const type = list.u16();
		const value = list.take(list.u16());
		if (!list.failed) extensions.set(type, value);
	}
	return extensions;
}

/** Those that are versions: others are put among them to test that they are passed over (RFC 8701). */
function versionsOf(extension: Uint8Array | undefined): readonly number[] {
	if (extension === undefined) return [];
	const cursor = new Cursor(extension, 'tls-supported-versions', 'extension length');
	cursor.skip(1);
	const versions: number[] = [];
	while (cursor.remaining >= 2) {
		const version = cursor.u16();
		if (version >= 0x0300 && version <= 0x0304) versions.push(version);
	}
	return versions;
}

function serverNameOf(extension: Uint8Array | undefined): string | undefined {
	if (extension === undefined) return undefined;
	const cursor = new Cursor(extension, 'tls-server-name', 'extension length');
	cursor.skip(2);
	const type = cursor.u8();
	const name = cursor.take(cursor.u16());
	if (cursor.failed || type !== 0 || name.length === 0 || name.length > MAX_NAME) return undefined;
	return Buffer.from(name).toString('latin1');
}
