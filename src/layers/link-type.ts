/*
 * The link types we read (tcpdump.org registry of LINKTYPE_ values), and their names in a report.
 */
import type { Parsed } from '../bytes/malformed.js';
import { parseEthernet } from './ethernet.js';
import type { LinkPayload } from './link-payload.js';
import { parseLinuxCooked, parseLinuxCookedV2 } from './linux-cooked.js';
import { parseNullLoopback } from './null-loopback.js';
import { parseRawIp } from './raw-ip.js';

/** LINKTYPE_WIRESHARK_UPPER_PDU. */
export const EXPORTED_PDU = 252;

const NAMES: ReadonlyMap<number, string> = new Map([
	[0, 'null-loopback'],
	[1, 'ethernet'],
	[12, 'raw-ip'],
	[14, 'raw-ip'],
	[101, 'raw-ip'],
	[108, 'openbsd-loopback'],
	[113, 'linux-cooked'],
	[228, 'ipv4'],
	[229, 'ipv6'],
	[EXPORTED_PDU, 'exported-pdu'],
	[276, 'linux-cooked-v2'],
	// Not read, yet what people capture by mistake: better named than numbered.
	[105, 'ieee-802.11'],
	[119, 'ieee-802.11-prism'],
	[127, 'ieee-802.11-radiotap'],
	[189, 'usb'],
	[195, 'ieee-802.15.4'],
	[201, 'bluetooth'],
	[220, 'usb'],
	[239, 'nflog'],
	[253, 'netlink'],
]);

/** `ethernet`, `linux-cooked`; `link-type-999` for one without a name here. */
export function linkTypeName(linkType: number): string {
	return NAMES.get(linkType) ?? `link-type-${linkType}`;
}

/** What the frame carries; undefined for a link type that we do not read. */
export function parseLink(linkType: number, bytes: Uint8Array): Parsed<LinkPayload> | undefined {
	switch (linkType) {
		case 1:
			return parseEthernet(bytes);
		case 0:
		case 108:
			return parseNullLoopback(bytes);
		case 12:
		case 14:
		case 101:
		case 228:
		case 229:
			return parseRawIp(bytes);
		case 113:
			return parseLinuxCooked(bytes);
		case 276:
			return parseLinuxCookedV2(bytes);
		default:
			return undefined;
	}
}
