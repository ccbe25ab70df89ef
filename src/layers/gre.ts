/** Generic routing encapsulation (RFC 2784, RFC 2890), also with Ethernet in it, or a mirrored port (ERSPAN). */
import { u16At } from '../bytes/integers.js';
import { tooShort } from '../bytes/malformed.js';
import { parseEnhancedGre } from './enhanced-gre.js';
import { ERSPAN_I_II, ERSPAN_III, parseErspan, parseErspan3 } from './erspan.js';
import { parseEthernet } from './ethernet.js';
import { barePayload, isRead } from './link-payload.js';
import { TRANSPARENT_ETHERNET, type TunnelPayload } from './tunnel.js';

const CHECKSUM = 0x8000;
const ROUTING = 0x4000;
const KEY = 0x2000;
const SEQUENCE = 0x1000;
const VERSION_BITS = 0x0007;

/** Undefined for other versions, for what is not read, and for source routing, which nobody uses (RFC 2784 §2.3). */
export function parseGre(bytes: Uint8Array, limitedBy: string): TunnelPayload {
	if (bytes.length < 4) return tooShort('gre', 0, 4, bytes.length, limitedBy);
	const flags = u16At(bytes, 0);
	const version = flags & VERSION_BITS;
	if (version === 1) return parseEnhancedGre(bytes, limitedBy);
	if (version !== 0 || (flags & ROUTING) !== 0) return undefined;
	const options = [CHECKSUM, KEY, SEQUENCE].filter((flag) => (flags & flag) !== 0);
	const headerBytes = 4 + options.length * 4;
	if (bytes.length < headerBytes) return tooShort('gre', 0, headerBytes, bytes.length, limitedBy);
	const payload = bytes.subarray(headerBytes);
	const protocol = u16At(bytes, 2);
	switch (protocol) {
		case TRANSPARENT_ETHERNET:
			return parseEthernet(payload);
		case ERSPAN_I_II:
			return parseErspan(payload, (flags & SEQUENCE) !== 0);
		case ERSPAN_III:
			return parseErspan3(payload);
		default:
			return isRead(protocol) ? { ok: true, value: barePayload(protocol, payload) } : undefined;
	}
}
