/** PKTAP of macOS and iOS (LINKTYPE_PKTAP), what `tcpdump -i any` or `-k` writes there: a frame with the interface it was seen on. */
import { u32LeAt } from '../bytes/integers.js';
import { badField, type Parsed, tooShort } from '../bytes/malformed.js';
import type { InnerFrame } from './inner-frame.js';

/** Up to the names of the program that sent or received it (`struct pktap_header`, xnu bsd/net/pktap.h). */
const LEAST_BYTES = 108;
const NEXT_TYPE_AT = 4;
const LINK_TYPE_AT = 8;
const FLAGS_AT = 36;

/** PTH_TYPE_PACKET: a packet follows. */
const PACKET = 1;
const IN = 1;
const OUT = 2;

export function parsePktap(bytes: Uint8Array): Parsed<InnerFrame> {
	if (bytes.length < LEAST_BYTES) return cut(LEAST_BYTES, bytes);
	const length = u32LeAt(bytes, 0);
	if (length < LEAST_BYTES) {
		return badField('pktap', 0, 'header length', length, `${LEAST_BYTES} or more`);
	}
	if (bytes.length < length) return cut(length, bytes);
	const next = u32LeAt(bytes, NEXT_TYPE_AT);
	if (next !== PACKET) return badField('pktap', NEXT_TYPE_AT, 'type of what follows', next, '1');
	return {
		ok: true,
		value: {
			...{ layer: 'pktap', linkType: u32LeAt(bytes, LINK_TYPE_AT), linkTypeAt: LINK_TYPE_AT },
			bytes: bytes.subarray(length),
			direction: directionOf(u32LeAt(bytes, FLAGS_AT)),
		},
	};
}

/** Undefined where neither or both are said. */
function directionOf(flags: number): InnerFrame['direction'] {
	const way = flags & (IN | OUT);
	if (way === IN) return 'inbound';
	return way === OUT ? 'outbound' : undefined;
}

function cut(needed: number, bytes: Uint8Array): ReturnType<typeof tooShort> {
	return tooShort('pktap', 0, needed, bytes.length, 'captured length');
}
