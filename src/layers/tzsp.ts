/** TZSP (TaZmen Sniffer Protocol): frames that a router, such as those of MikroTik, streams to a sniffer in UDP. */
import { u16At } from '../bytes/integers.js';
import { badField } from '../bytes/malformed.js';
import { parseEthernet } from './ethernet.js';
import type { TunnelPayload } from './tunnel.js';
import type { UdpHeader } from './udp.js';

const HEADER_BYTES = 4;
const VERSION = 1;
/** A packet that was received, or one for transmission; the others have none. */
const TYPES: ReadonlySet<number> = new Set([0, 1]);
const ETHERNET = 1;
const TAG = { padding: 0, end: 1 } as const;

export function parseTzsp({ payload }: UdpHeader): TunnelPayload {
	if (payload.length <= HEADER_BYTES || payload[0] !== VERSION) return undefined;
	if (!TYPES.has(payload[1] ?? -1) || u16At(payload, 2) !== ETHERNET) return undefined;
	let at = HEADER_BYTES;
	while (payload[at] !== TAG.end) {
		if (at >= payload.length) return badField('tzsp', at, 'tags', 'no end', 'an end tag');
		// A tag has its length behind it, but for the one that pads.
		at += payload[at] === TAG.padding ? 1 : 2 + (payload[at + 1] ?? 0);
	}
	return parseEthernet(payload.subarray(at + 1));
}
