/* What is found of a datagram before anything is made of its frame is what the decoder makes of it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OddityCounter } from '../../src/bytes/oddity.js';
import { FrameDecoder } from '../../src/layers/frame-decoder.js';
import { PlainUdp } from '../../src/layers/plain-udp.js';
import { bytesOf, ethernet, ipv4, ipv6, udp } from '../support/packet-bytes.js';

const SIP = 'REGISTER sip:example.com SIP/2.0\r\n\r\n';

/** Every part of it as one text; undefined where it is not plain. */
function located(bytes: Uint8Array, linkType = 1): string | undefined {
	const before = bytesOf('before', bytes, 'behind');
	const place = new PlainUdp();
	if (!place.locate(linkType, before, 6, before.length - 6)) return undefined;
	const { addresses, addressBytes, ports, payload, end } = place;
	return hex(
		before.subarray(addresses, addresses + addressBytes),
		before.subarray(addresses + addressBytes, addresses + addressBytes * 2),
		before.subarray(ports, ports + 4),
		before.subarray(payload, end),
	);
}

function decoded(bytes: Uint8Array, linkType = 1): readonly string[] {
	const found: string[] = [];
	const oddities = new OddityCounter();
	const nothing = (): void => undefined;
	const decoder = new FrameDecoder(
		{
			udp: ({ sourcePort, destinationPort, payload }, { ip }) => {
				const ports = Uint8Array.of(
					sourcePort >> 8,
					sourcePort,
					destinationPort >> 8,
					destinationPort,
				);
				found.push(hex(ip.source, ip.destination, ports, payload));
			},
			tcp: nothing,
			icmp: nothing,
			neighbour: nothing,
			neighbourAsked: nothing,
			fragmentsLost: nothing,
			exportedPdu: nothing,
		},
		oddities,
	);
	decoder.decode({
		...{ number: 1, at: 0, linkType, bytes, originalLength: bytes.length },
		...{ interfaceId: 0, direction: undefined, comments: [] },
	});
	return [...found, ...oddities.list().map(({ kind }) => kind)];
}

function hex(...parts: readonly Uint8Array[]): string {
	return parts.map((part) => Buffer.from(part).toString('hex')).join(' ');
}

const COOKED = bytesOf([0, 0, 0, 1, 0, 6], [0, 0, 0x5e, 0, 0x53, 1, 0, 0], [8, 0], ipv4(udp(SIP)));
const COOKED_V2 = bytesOf(
	[8, 0],
	[0, 0],
	[0, 0, 0, 2],
	[0, 1],
	[0, 6],
	[0, 0, 0x5e, 0, 0x53, 1, 0, 0],
	ipv4(udp(SIP)),
);

const PLAIN: readonly (readonly [string, Uint8Array, number])[] = [
	['Ethernet and IPv4', ethernet(ipv4(udp(SIP))), 1],
	['a VLAN', ethernet(ipv4(udp(SIP)), { tags: [7] }), 1],
	['IPv6', ethernet(ipv6(udp(SIP)), { etherType: 0x86dd }), 1],
	['Ethernet padding', bytesOf(ethernet(ipv4(udp('abc'))), [0, 0, 0, 0, 0, 0]), 1],
	['raw IP', ipv4(udp(SIP)), 101],
	['a cooked capture', COOKED, 113],
	['a cooked capture of version 2', COOKED_V2, 276],
];

describe('a datagram in the bytes of its frame', () => {
	it.each(PLAIN)('is found in %s', (_, bytes, linkType) => {
		expect(decoded(bytes, linkType)).toEqual([located(bytes, linkType)]);
	});

	it.each([
		['a fragment', ethernet(ipv4(udp(SIP), { more: true }))],
		['a later fragment', ethernet(ipv4(udp(SIP), { offset: 1480 }))],
		['IPv4 with options', ethernet(ipv4(udp(SIP), { options: new Uint8Array(4) }))],
		['what the snaplen cut', ethernet(ipv4(udp(SIP))).subarray(0, 60)],
		['TCP', ethernet(ipv4(udp(SIP), { protocol: 6 }))],
		['ICMP', ethernet(ipv4(udp(SIP), { protocol: 1 }))],
		['ARP', ethernet(ipv4(udp(SIP)), { etherType: 0x0806 })],
		['two VLANs', ethernet(ipv4(udp(SIP)), { tags: [7, 8] })],
		['a UDP length that is not that of the packet', ethernet(ipv4(udp(SIP, { length: 12 })))],
	])('is left to the decoder in %s', (_, bytes) => {
		expect(located(bytes)).toBeUndefined();
	});

	it('is the one that the decoder finds, whatever the bytes are', () => {
		const changes = fc.array(fc.tuple(fc.nat(70), fc.nat(255)), { maxLength: 3 });
		fc.assert(
			fc.property(
				fc.constantFrom(...PLAIN),
				changes,
				fc.nat(90),
				([, plain, linkType], mutations, length) => {
					const bytes = Uint8Array.from(plain.subarray(0, Math.max(length, 30)));
					for (const [at, value] of mutations) if (at < bytes.length) bytes[at] = value;
					const found = located(bytes, linkType);
					if (found !== undefined) expect(decoded(bytes, linkType)).toContain(found);
				},
			),
			{ numRuns: 5_000 },
		);
	});
});
