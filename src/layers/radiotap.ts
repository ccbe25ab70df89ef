/** Radiotap (radiotap.org, LINKTYPE_IEEE802_11_RADIOTAP): what the radio knew of a frame, then the frame of IEEE 802.11. */
import { u16In, u32LeAt } from '../bytes/integers.js';
import { badField, type Parsed, tooShort } from '../bytes/malformed.js';
import { parseIeee80211 } from './ieee80211.js';
import type { LinkPayload } from './link-payload.js';

/** Version, padding, length of all of it, and which fields are present. */
const LEAST_BYTES = 8;
const PRESENT_AT = 4;

/** Bits of the present words: a time of 8 bytes, then flags; and that another word follows. */
const TIME = 0x1;
const FLAGS = 0x2;
const MORE = 0x8000_0000;
const TIME_BYTES = 8;

/** Of the flags: the header of the frame is padded to a multiple of four bytes; the frame was damaged on its way. */
const PADDED = 0x20;
const BAD_CHECKSUM = 0x40;

export function parseRadiotap(bytes: Uint8Array): Parsed<LinkPayload> {
	if (bytes.length < LEAST_BYTES) return cut(LEAST_BYTES, bytes);
	if (bytes[0] !== 0) return badField('radiotap', 0, 'version', bytes[0] ?? 0, '0');
	const length = u16In(bytes, 2, 'little');
	if (length < LEAST_BYTES) {
		return badField('radiotap', 2, 'header length', length, `${LEAST_BYTES} or more`);
	}
	if (bytes.length < length) return cut(length, bytes);
	const header = bytes.subarray(0, length);
	const at = flagsAt(header);
	const flags = at === undefined ? 0 : (header[at] ?? 0);
	// Nobody took it in, and whatever it says may be wrong.
	if ((flags & BAD_CHECKSUM) !== 0) {
		return badField('radiotap', at ?? 0, 'flags', flags, 'a frame whose checksum is right');
	}
	return parseIeee80211(bytes.subarray(length), (flags & PADDED) !== 0);
}

/** Where the flags are, behind all present words; each field begins at a multiple of its size. */
function flagsAt(header: Uint8Array): number | undefined {
	const present = u32LeAt(header, PRESENT_AT);
	if ((present & FLAGS) === 0) return undefined;
	let at = PRESENT_AT;
	while (at < header.length && (u32LeAt(header, at) & MORE) !== 0) at += 4;
	at += 4;
	return (present & TIME) === 0 ? at : ((at + 7) & ~7) + TIME_BYTES;
}

function cut(needed: number, bytes: Uint8Array): ReturnType<typeof tooShort> {
	return tooShort('radiotap', 0, needed, bytes.length, 'captured length');
}
