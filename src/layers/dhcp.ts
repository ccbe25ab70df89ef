/*
 * DHCP answers (RFC 2131), as far as they tell a phone where its configuration and its SIP server are: options 66
 * (RFC 2132 §9.4), 120 (RFC 3361) and 125 (RFC 3925).
 */
import { u32At } from '../bytes/integers.js';

export const DHCP_SERVER_PORT = 67;

export interface DhcpAnswer {
	readonly message: 'offer' | 'ack';
	/** What the client may call its own; views of the bytes given. */
	readonly clientAddress: Uint8Array;
	readonly clientMac: Uint8Array;
	/** Option 66, Latin-1. */
	readonly provisioningServer: string | undefined;
	/** Option 120: names, or the text of IPv4 addresses. */
	readonly sipServers: readonly string[];
	/** Option 125, by IANA enterprise number. */
	readonly vendorOptions: readonly { readonly enterprise: number; readonly data: Uint8Array }[];
}

const OPTIONS_AT = 240;
const MAGIC_COOKIE = 0x63825363;
const BOOT_REPLY = 2;
const PAD = 0;
const END = 255;
const MESSAGE_TYPES: Readonly<Record<number, DhcpAnswer['message']>> = { 2: 'offer', 5: 'ack' };
const MAX_TEXT = 255;
/** RFC 2131 §2: messages are of 576 bytes, more by agreement; pieces are copied together, so their number has an end. */
const MAX_MESSAGE = 4_096;
const MAX_SERVERS = 16;

/** An offer or an acknowledgement of a server; undefined for every other message, and for bytes that are none. */
export function parseDhcp(bytes: Uint8Array): DhcpAnswer | undefined {
	if (bytes.length < OPTIONS_AT || u32At(bytes, 236) !== MAGIC_COOKIE) return undefined;
	if (bytes[0] !== BOOT_REPLY) return undefined;
	const options = readOptions(bytes);
	const message = MESSAGE_TYPES[options.get(53)?.[0] ?? 0];
	if (message === undefined) return undefined;
	const tftp = options.get(66);
	return {
		message,
		clientAddress: bytes.subarray(16, 20),
		clientMac: bytes.subarray(28, 34),
		provisioningServer: tftp === undefined ? undefined : latin1(tftp),
		sipServers: sipServersOf(options.get(120) ?? new Uint8Array(0)),
		vendorOptions: vendorOptionsOf(options.get(125) ?? new Uint8Array(0)),
	};
}

/** By code; an option that comes in pieces is put together (RFC 3396). */
function readOptions(bytes: Uint8Array): ReadonlyMap<number, Uint8Array> {
	const options = new Map<number, Uint8Array>();
	const end = Math.min(bytes.length, MAX_MESSAGE);
	for (let at = OPTIONS_AT; at < end; ) {
		const code = bytes[at] ?? END;
		if (code === END) break;
		if (code === PAD) {
			at += 1;
			continue;
		}
		const value = bytes.subarray(at + 2, at + 2 + (bytes[at + 1] ?? 0));
		const known = options.get(code);
		options.set(code, known === undefined ? value : Buffer.concat([known, value]));
		at += 2 + (bytes[at + 1] ?? 0);
	}
	return options;
}

/** RFC 3361 §3: encoding 0 is a list of names as in DNS, without compression; 1 is a list of addresses. */
function sipServersOf(value: Uint8Array): readonly string[] {
	if (value[0] === 1) return addressesIn(value.subarray(1));
	return value[0] === 0 ? namesIn(value.subarray(1)) : [];
}

function addressesIn(value: Uint8Array): readonly string[] {
	const count = Math.min(Math.floor(value.length / 4), MAX_SERVERS);
	return Array.from({ length: count }, (_, index) =>
		[...value.subarray(index * 4, index * 4 + 4)].join('.'),
	);
}

function namesIn(value: Uint8Array): readonly string[] {
	const names: string[] = [];
	let labels: string[] = [];
	for (let at = 0; at < value.length && names.length < MAX_SERVERS; ) {
		const length = value[at] ?? 0;
		if (length === 0) {
			if (labels.length > 0) names.push(labels.join('.').toLowerCase());
			labels = [];
		} else labels.push(latin1(value.subarray(at + 1, at + 1 + length)));
		at += 1 + length;
	}
	return names;
}

/** RFC 3925 §4: enterprise number, length, data, and again. */
function vendorOptionsOf(value: Uint8Array): DhcpAnswer['vendorOptions'] {
	const found: { enterprise: number; data: Uint8Array }[] = [];
	for (let at = 0; at + 5 <= value.length && found.length < MAX_SERVERS; ) {
		const length = value[at + 4] ?? 0;
		found.push({ enterprise: u32At(value, at), data: value.subarray(at + 5, at + 5 + length) });
		at += 5 + length;
	}
	return found;
}

function latin1(bytes: Uint8Array): string {
	const text = Buffer.from(bytes.subarray(0, MAX_TEXT)).toString('latin1');
	// Some servers end option 66 with the zero of a C string.
	return text.replace(/\0+$/, '');
}
