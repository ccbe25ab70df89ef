/** TZSP (TaZmen Sniffer Protocol): frames that a router or access point, such as those of MikroTik, streams to a sniffer in UDP. */
import { u16At } from '../bytes/integers.js';
import { badField } from '../bytes/malformed.js';
import { parseEthernet } from './ethernet.js';
import { parseIeee80211 } from './ieee80211.js';
import type { TunnelPayload } from './tunnel.js';
import type { UdpHeader } from './udp.js';

const HEADER_BYTES = 4;
const VERSION = 1;
/** A packet that was received, or one for transmission; the others have none. */
const TYPES: ReadonlySet<number> = new Set([0, 1]);
const ETHERNET = 1;
const IEEE_80211 = 18;
const READ: ReadonlySet<number> = new Set([ETHERNET, IEEE_80211]);
const TAG = { padding: 0, end: 1 } as const;

export function parseTzsp({ payload }: UdpHeader): TunnelPayload {
	if (payload.length <= HEADER_BYTES || payload[0] !== VERSION) return undefined;
	const carried = u16At(payload, 2);
	if (!TYPES.has(payload[1] ?? -1) || !READ.has(carried)) return undefined;
	let at = HEADER_BYTES;
	while (payload[at] !== TAG.end) {
		if (at >= payload.length) return badField('tzsp', at, 'tags', 'no end', 'an end tag');
		// A tag has its length behind it, but for the one that pads.
		at += payload[at] === TAG.padding ? 1 : 2 + (payload[at + 1] ?? 0);
	}
	const frame = payload.subarray(at + 1);
	return carried === ETHERNET ? parseEthernet(frame) : parseIeee80211(frame);
}
