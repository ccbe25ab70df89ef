/** Per-Packet Information (LINKTYPE_PPI): what a radio knew of a frame, then the frame, mostly of IEEE 802.11. */
import { u16In, u32LeAt } from '../bytes/integers.js';
import { badField, type Parsed, tooShort } from '../bytes/malformed.js';
import type { InnerFrame } from './inner-frame.js';

/** Version, flags, length of all of it, link type; fields follow. */
const LEAST_BYTES = 8;
const LINK_TYPE_AT = 4;

export function parsePpi(bytes: Uint8Array): Parsed<InnerFrame> {
	if (bytes.length < LEAST_BYTES) return cut(LEAST_BYTES, bytes);
	const length = u16In(bytes, 2, 'little');
	if (bytes[0] !== 0) return badField('ppi', 0, 'version', bytes[0] ?? 0, '0');
	if (length < LEAST_BYTES) {
		return badField('ppi', 2, 'header length', length, `${LEAST_BYTES} or more`);
	}
	if (bytes.length < length) return cut(length, bytes);
	return {
		ok: true,
		value: {
			...{ layer: 'ppi', linkType: u32LeAt(bytes, LINK_TYPE_AT), linkTypeAt: LINK_TYPE_AT },
			...{ bytes: bytes.subarray(length), direction: undefined },
		},
	};
}

function cut(needed: number, bytes: Uint8Array): ReturnType<typeof tooShort> {
	return tooShort('ppi', 0, needed, bytes.length, 'captured length');
}
