import { describe, expect, it } from 'vitest';
import type { NetworkEvent } from '../../src/trace/observed.js';
import { traceCapture } from '../../src/trace/trace-capture.js';
import { inChunks, pcapFile } from '../support/capture-bytes.js';
import { bytesOf, ethernet, ipv4, PHONE, SERVER, udp } from '../support/packet-bytes.js';

const STUN_SUCCESS = Buffer.from(
	'0101000c2112a442b7e7a701bc34d686fa87dfae002000080001a147e112a643',
	'hex',
);

function dhcpAck(...options: readonly Uint8Array[]): Buffer {
	const head = Buffer.alloc(236);
	head[0] = 2;
	head.set([192, 0, 2, 10], 16);
	return bytesOf(head, [0x63, 0x82, 0x53, 0x63], [53, 1, 5], ...options);
}

async function eventsOf(payload: Uint8Array, sourcePort: number): Promise<readonly NetworkEvent[]> {
	const way = { source: SERVER, destination: PHONE };
	const bytes = ethernet(ipv4(udp(payload, { sourcePort, destinationPort: 5060, ...way }), way));
	const events: NetworkEvent[] = [];
	await traceCapture('a.pcap', inChunks(pcapFile({ records: [{ bytes, seconds: 0 }] }), 65_536), {
		message: () => undefined,
		event: (event) => events.push(event),
	});
	return events;
}

describe('a datagram that is no SIP', () => {
	it('tells the address outside where it is STUN, on the port of SIP as well', async () => {
		expect(await eventsOf(STUN_SUCCESS, 3478)).toEqual([
			{
				...{ kind: 'stun', at: 0, source: 'a.pcap', frame: 1, message: 'success' },
				src: { address: SERVER, port: 3478 },
				dst: { address: PHONE, port: 5060 },
				mapped: { address: '192.0.2.1', port: 32_853 },
			},
		]);
	});

	it('tells the servers that DHCP names', async () => {
		const payload = dhcpAck(
			bytesOf(66, 4, 'prov'),
			bytesOf(120, 5, 1, [192, 0, 2, 5]),
			bytesOf(125, 6, [0, 0, 0, 9], 1, 'x'),
		);
		expect(await eventsOf(payload, 67)).toEqual([
			{
				...{ kind: 'dhcp', at: 0, source: 'a.pcap', frame: 1, message: 'ack' },
				...{ server: SERVER, client: '192.0.2.10', mac: '00:00:00:00:00:00' },
				...{ provisioningServer: 'prov', sipServers: ['192.0.2.5'] },
				vendorOptions: [{ enterprise: 9, text: 'x' }],
			},
		]);
	});

	it('tells nothing where DHCP only gives an address', async () => {
		expect(await eventsOf(dhcpAck(), 67)).toEqual([]);
	});
});
