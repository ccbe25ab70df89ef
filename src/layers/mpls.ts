/** MPLS (RFC 3032): labels, and behind the last of them IP, or the Ethernet of a pseudowire (RFC 4448). */
import { type Parsed, tooShort } from '../bytes/malformed.js';
import { parseEthernet } from './ethernet.js';
import { barePayload, isRead, type LinkPayload } from './link-payload.js';
import { parseRawIp } from './raw-ip.js';

const LABEL_BYTES = 4;
/** RFC 4385 §3. */
const CONTROL_WORD_BYTES = 4;

/** Reads what the labels carry; the label's owner alone knows what that is, so that its first bytes have to tell. */
export function parseMpls(bytes: Uint8Array): Parsed<LinkPayload> {
	let at = 0;
	let isBottom = false;
	while (!isBottom) {
		if (bytes.length - at < LABEL_BYTES) {
			return tooShort('mpls', at, LABEL_BYTES, bytes.length - at, 'frame');
		}
		isBottom = ((bytes[at + 2] ?? 0) & 1) === 1;
		at += LABEL_BYTES;
	}
	const payload = bytes.subarray(at);
	// RFC 4928 §3: the first nibble is 4 or 6 for IP, and 0 or 1 for what is none, where its sender follows the advice.
	const ip = parseRawIp(payload);
	return ip.ok ? ip : { ok: true, value: pseudowire(payload) };
}

/** Ethernet, of which only the label's owner knows whether a control word stands before it. */
function pseudowire(payload: Uint8Array): LinkPayload {
	for (const start of [CONTROL_WORD_BYTES, 0]) {
		const frame = parseEthernet(payload.subarray(start));
		if (frame.ok && isRead(frame.value.etherType)) return frame.value;
	}
	return barePayload(0, payload);
}
