/** IPv6 addresses between text (RFC 4291 §2.2 in, RFC 5952 out) and sixteen bytes. */
import { formatIpv4, parseIpv4 } from './ipv4-address.js';

/** The sixteen bytes of an address without brackets and zone; undefined for anything else. */
export function parseIpv6(text: string): Uint8Array | undefined {
	if (text.length < 2 || text.length > 45) return undefined;
	const halves = text.split('::');
	if (halves.length > 2) return undefined;
	const head = parseGroups(halves[0] ?? '', halves.length === 1);
	const tail = halves.length === 2 ? parseGroups(halves[1] ?? '', true) : [];
	if (head === undefined || tail === undefined) return undefined;
	const given = head.length + tail.length;
	// RFC 4291 §2.2: "::" stands for one or more groups; the others write all eight.
	if (halves.length === 2 ? given > 14 : given !== 16) return undefined;
	const bytes = new Uint8Array(16);
	bytes.set(head, 0);
	bytes.set(tail, 16 - tail.length);
	return bytes;
}

/** The bytes of colon-separated groups; a dotted quad may stand for the last two where `mayEndInIpv4`. */
function parseGroups(text: string, mayEndInIpv4: boolean): number[] | undefined {
	if (text === '') return [];
	const groups = text.split(':');
	const bytes: number[] = [];
	for (const [index, group] of groups.entries()) {
		if (mayEndInIpv4 && index === groups.length - 1 && group.includes('.')) {
			const quad = parseIpv4(group);
			if (quad === undefined) return undefined;
			bytes.push(...quad);
			continue;
		}
		if (!/^[0-9a-f]{1,4}$/i.test(group)) return undefined;
		const value = Number.parseInt(group, 16);
		bytes.push(value >> 8, value & 0xff);
	}
	return bytes;
}

/** True for `::ffff:0:0/96`, an IPv4 address in IPv6 clothes (RFC 4291 §2.5.5.2). */
export function isIpv4Mapped(bytes: Uint8Array): boolean {
	return bytes[10] === 0xff && bytes[11] === 0xff && bytes.subarray(0, 10).every((b) => b === 0);
}

/** RFC 5952 text of sixteen bytes: lower case, no leading zeros, the first longest run of zeros as `::`. */
export function formatIpv6(bytes: Uint8Array): string {
	// RFC 5952 §5: the prefix is known to carry an IPv4 address, so it is shown as one.
	if (isIpv4Mapped(bytes)) return `::ffff:${formatIpv4(bytes.subarray(12))}`;
	const groups: number[] = [];
	for (let at = 0; at < 16; at += 2) groups.push(((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0));
	const { start, length } = longestZeroRun(groups);
	const hex = groups.map((group) => group.toString(16));
	// RFC 5952 §4.2.2: one single zero group is not shortened.
	if (length < 2) return hex.join(':');
	return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`;
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
	let best = { start: 0, length: 0 };
	let start = 0;
	for (const [index, group] of groups.entries()) {
		if (group !== 0) start = index + 1;
		else if (index + 1 - start > best.length) best = { start, length: index + 1 - start };
	}
	return best;
}
