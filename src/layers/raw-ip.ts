/** No link layer: the version nibble tells IPv4 from IPv6. */
import { badField, type Parsed, tooShort } from '../bytes/malformed.js';
import { barePayload, ETHER_TYPE, type LinkPayload } from './link-payload.js';

export function parseRawIp(bytes: Uint8Array): Parsed<LinkPayload> {
	if (bytes.length < 1) return tooShort('raw-ip', 0, 1, bytes.length, 'captured length');
	const version = (bytes[0] ?? 0) >> 4;
	if (version === 4) return { ok: true, value: barePayload(ETHER_TYPE.ipv4, bytes) };
	if (version === 6) return { ok: true, value: barePayload(ETHER_TYPE.ipv6, bytes) };
	return badField('raw-ip', 0, 'version', version, '4 or 6');
}
