import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
	decodeExportedPdu,
	type ExportedPdu,
	encodeExportedPdu,
} from '../../src/capture/exported-pdu.js';
import {
	enhancedPacket,
	interfaceDescription,
	sectionHeader,
} from '../../src/capture/pcapng-writer.js';
import { canonicalAddress } from '../../src/net/address.js';
import { readAll } from '../support/capture-bytes.js';
import { REGISTER } from '../support/packet-bytes.js';

const pdu: ExportedPdu = {
	dissector: 'sip',
	transport: 'udp',
	src: { address: '192.0.2.10', port: 5060 },
	dst: { address: '198.51.100.5', port: 5080 },
	payload: Buffer.from(REGISTER, 'latin1'),
};

describe('an exported PDU', () => {
	it('has the tags that Wireshark wants, in its numbers', () => {
		const bytes = Buffer.from(encodeExportedPdu({ ...pdu, payload: new Uint8Array(0) }));
		const tags = [
			'000c000473697000',
			'00140004c000020a',
			'00150004c6336405',
			'0018000400000003',
			'00190004000013c4',
			'001a0004000013d8',
			'00000000',
		];
		expect(bytes.toString('hex')).toBe(tags.join(''));
	});

	it('comes back as it was written', () => {
		const ipv4 = fc.ipV4();
		const ipv6 = fc.ipV6().map(canonicalAddress);
		const port = fc.nat(65_535);
		const endpoint = fc.record({ address: fc.oneof(ipv4, ipv6), port });
		const any = fc.record({
			dissector: fc.constantFrom('sip', 'dns', 'data', undefined),
			transport: fc.constantFrom('udp' as const, 'tcp' as const, undefined),
			src: endpoint,
			dst: endpoint,
			payload: fc.uint8Array().map((bytes) => Buffer.from(bytes)),
		});
		fc.assert(
			fc.property(any, (given) => {
				expect(decodeExportedPdu(encodeExportedPdu(given))).toEqual({ ok: true, value: given });
			}),
		);
	});

	it('that ends in its tags says what was needed', () => {
		const tags = Buffer.from(encodeExportedPdu({ ...pdu, payload: new Uint8Array(0) }));
		for (let length = 0; length < tags.length; length += 1) {
			expect(decodeExportedPdu(tags.subarray(0, length)).ok).toBe(false);
		}
	});

	it('never makes the reader throw', () => {
		fc.assert(
			fc.property(fc.uint8Array(), (bytes) => typeof decodeExportedPdu(bytes).ok === 'boolean'),
		);
	});
});

describe('a pcapng file that we write', () => {
	it('is read back with its times, bytes and comments', async () => {
		const at = 1_700_000_000_123_456;
		const bytes = encodeExportedPdu(pdu);
		const file = Buffer.concat([
			sectionHeader('sipdoctor'),
			interfaceDescription(252),
			enhancedPacket({ at, bytes, comments: ['first', 'second'] }),
			enhancedPacket({ at, bytes: bytes.subarray(0, 33), originalLength: bytes.length }),
		]);
		const { frames, facts } = await readAll(file);
		expect(facts).toMatchObject({ format: 'pcapng', linkTypes: [252], oddities: [] });
		expect(frames[0]).toMatchObject({ at, bytes, comments: ['first', 'second'] });
		expect(frames[1]).toMatchObject({ number: 2, originalLength: bytes.length, comments: [] });
	});
});
