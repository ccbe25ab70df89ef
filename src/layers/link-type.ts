/*
 * The link types we read (tcpdump.org registry of LINKTYPE_ values), and their names in a report.
 */
import { badField, type Parsed } from '../bytes/malformed.js';
import { parseCiscoHdlc, parsePppHdlc } from './cisco-hdlc.js';
import { parseEthernet } from './ethernet.js';
import { parseFrameRelay } from './frame-relay.js';
import { parseIeee80211 } from './ieee80211.js';
import type { InnerFrame } from './inner-frame.js';
import { type LinkPayload, seenAt } from './link-payload.js';
import { parseLinuxCooked, parseLinuxCookedV2 } from './linux-cooked.js';
import { parseNflog } from './nflog.js';
import { parseNullLoopback } from './null-loopback.js';
import { parseOpenbsdEnc } from './openbsd-enc.js';
import { parsePflog } from './pflog.js';
import { parsePktap } from './pktap.js';
import { parsePpi } from './ppi.js';
import { parsePpp } from './ppp.js';
import { parsePppoe } from './pppoe.js';
import { parseAvs, parsePrism } from './prism.js';
import { parseRadiotap } from './radiotap.js';
import { parseRawIp } from './raw-ip.js';

/** LINKTYPE_WIRESHARK_UPPER_PDU. */
export const EXPORTED_PDU = 252;

const NAMES: ReadonlyMap<number, string> = new Map([
	[0, 'null-loopback'],
	[1, 'ethernet'],
	[9, 'ppp'],
	[12, 'raw-ip'],
	[14, 'raw-ip'],
	[50, 'ppp-hdlc'],
	[51, 'pppoe'],
	[101, 'raw-ip'],
	[104, 'cisco-hdlc'],
	[105, 'ieee-802.11'],
	[107, 'frame-relay'],
	[108, 'openbsd-loopback'],
	[109, 'openbsd-enc'],
	[113, 'linux-cooked'],
	[117, 'pflog'],
	[119, 'ieee-802.11-prism'],
	[127, 'ieee-802.11-radiotap'],
	[149, 'pktap'],
	[163, 'ieee-802.11-avs'],
	[192, 'ppi'],
	[228, 'ipv4'],
	[229, 'ipv6'],
	[239, 'nflog'],
	[EXPORTED_PDU, 'exported-pdu'],
	[258, 'pktap'],
	[276, 'linux-cooked-v2'],
	// Not read, yet what people capture by mistake: better named than numbered.
	[189, 'usb'],
	[195, 'ieee-802.15.4'],
	[201, 'bluetooth'],
	[220, 'usb'],
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
		case 9:
			return parsePpp(bytes);
		case 50:
			return parsePppHdlc(bytes);
		case 51:
			return parsePppoe(bytes);
		case 104:
			return parseCiscoHdlc(bytes);
		case 105:
			return parseIeee80211(bytes);
		case 107:
			return parseFrameRelay(bytes);
		case 109:
			return parseOpenbsdEnc(bytes);
		case 117:
			return parsePflog(bytes);
		case 119:
			return parsePrism(bytes);
		case 127:
			return parseRadiotap(bytes);
		case 163:
			return parseAvs(bytes);
		case 239:
			return parseNflog(bytes);
		// Apple's before it had a number of its own.
		case 149:
		case 258:
			return parseInner(parsePktap(bytes));
		case 192:
			return parseInner(parsePpi(bytes));
		default:
			return undefined;
	}
}

/** Headers before a frame of any link type. */
const BEFORE_FRAMES: ReadonlySet<number> = new Set([149, 192, 258]);

/** The frame behind such a header; none of them is read behind another. */
function parseInner(parsed: Parsed<InnerFrame>): Parsed<LinkPayload> {
	if (!parsed.ok) return parsed;
	const { layer, linkType, linkTypeAt, bytes, direction } = parsed.value;
	const link = BEFORE_FRAMES.has(linkType) ? undefined : parseLink(linkType, bytes);
	if (link === undefined)
		return badField(layer, linkTypeAt, 'link type', linkType, 'one that is read');
	if (!link.ok) return link;
	const { direction: own, interfaceIndex } = link.value;
	return { ok: true, value: seenAt(link.value, { direction: direction ?? own, interfaceIndex }) };
}
