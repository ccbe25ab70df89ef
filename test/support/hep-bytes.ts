/** Reports in HEP built from values, for the tests of the wire. */
import { addressBytes, bytesOf, PHONE, SERVER } from './packet-bytes.js';

export interface HepFields {
	readonly source?: string;
	readonly destination?: string;
	readonly sourcePort?: number;
	readonly destinationPort?: number;
	/** 17 is UDP. */
	readonly protocol?: number;
	/** 1 is SIP. */
	readonly type?: number;
	readonly seconds?: number;
	readonly microseconds?: number;
	readonly agentId?: number;
}

export function be(bytes: number, value: number): Buffer {
	const written = Buffer.alloc(bytes);
	written.writeUIntBE(value, 0, bytes);
	return written;
}

function le(bytes: number, value: number): Buffer {
	return Buffer.from(be(bytes, value)).reverse();
}

/** A chunk of version 3. */
export function chunk(
	type: number,
	value: Uint8Array | readonly number[] | string,
	vendor = 0,
): Buffer {
	return bytesOf(be(2, vendor), be(2, type), be(2, 6 + value.length), value);
}

/** `HEP3`, the length of all, the chunks. */
export function hep3Of(...chunks: readonly Uint8Array[]): Buffer {
	const body = bytesOf(...chunks);
	return bytesOf('HEP3', be(2, 6 + body.length), body);
}

/** The chunks that every report of version 3 has before its payload, in Kamailio's order. */
export function hep3Head(fields: HepFields = {}): Buffer {
	const source = addressBytes(fields.source ?? PHONE);
	const isIpv6 = source.length === 16;
	return bytesOf(
		chunk(1, [isIpv6 ? 10 : 2]),
		chunk(2, [fields.protocol ?? 17]),
		chunk(isIpv6 ? 5 : 3, source),
		chunk(isIpv6 ? 6 : 4, addressBytes(fields.destination ?? SERVER)),
		chunk(7, be(2, fields.sourcePort ?? 5060)),
		chunk(8, be(2, fields.destinationPort ?? 5060)),
		chunk(9, be(4, fields.seconds ?? 1_700_000_000)),
		chunk(10, be(4, fields.microseconds ?? 123_456)),
		chunk(11, [fields.type ?? 1]),
		chunk(12, be(4, fields.agentId ?? 2001)),
	);
}

export function hep3(payload: Uint8Array | string, fields: HepFields = {}): Buffer {
	return hep3Of(hep3Head(fields), chunk(15, payload));
}

/** Version 1 or 2, as siptrace writes it. */
export function oldHep(
	version: 1 | 2,
	payload: Uint8Array | string,
	fields: HepFields = {},
): Buffer {
	const source = addressBytes(fields.source ?? PHONE);
	const time = bytesOf(
		le(4, fields.seconds ?? 1_700_000_000),
		le(4, fields.microseconds ?? 123_456),
		le(2, fields.agentId ?? 2001),
		[0, 0],
	);
	return bytesOf(
		[version, 8 + 2 * source.length, source.length === 16 ? 10 : 2, fields.protocol ?? 17],
		be(2, fields.sourcePort ?? 5060),
		be(2, fields.destinationPort ?? 5060),
		source,
		addressBytes(fields.destination ?? SERVER),
		version === 2 ? time : [],
		payload,
	);
}
