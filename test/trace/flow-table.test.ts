/* The flow of a packet, found by its bytes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PlainUdp } from '../../src/layers/plain-udp.js';
import { FlowTable } from '../../src/trace/flow-table.js';
import { bytesOf } from '../support/packet-bytes.js';

const MAX_FLOWS = 12_000;

interface Packet {
	readonly bytes: Uint8Array;
	readonly place: PlainUdp;
}

interface Way {
	readonly client: readonly number[];
	readonly server: readonly number[];
	readonly clientPort: number;
	readonly serverPort: number;
}

function packet(
	source: readonly number[],
	destination: readonly number[],
	ports: readonly [number, number],
): Packet {
	const place = new PlainUdp();
	place.addresses = 3;
	place.addressBytes = source.length;
	place.ports = 3 + 2 * source.length;
	const portBytes = ports.flatMap((port) => [port >> 8, port & 0xff]);
	return { bytes: bytesOf([0xaa, 0xbb, 0xcc], source, destination, portBytes), place };
}

function request({ client, server, clientPort, serverPort }: Way): Packet {
	return packet(client, server, [clientPort, serverPort]);
}

function response({ client, server, clientPort, serverPort }: Way): Packet {
	return packet(server, client, [serverPort, clientPort]);
}

const address = (bytes: number) =>
	fc.array(fc.nat({ max: 255 }), { minLength: bytes, maxLength: bytes });
const port = fc.nat({ max: 0xffff });
const way = (bytes: number) =>
	fc.record({
		client: address(bytes),
		server: address(bytes),
		clientPort: port,
		serverPort: port,
	});

describe('a table of flows', () => {
	it.each([4, 16])(
		'finds the flow of each request and of its response, and of no other (%i bytes)',
		(bytes) => {
			fc.assert(
				fc.property(
					fc.uniqueArray(way(bytes), { selector: (one) => JSON.stringify(one) }),
					(ways) => {
						const table = new FlowTable<Way>();
						for (const one of ways) {
							const { bytes: asked, place } = request(one);
							expect(table.find(asked, place, true)).toBeUndefined();
							expect(table.add(asked, place, one)).toBe(one);
						}
						for (const one of ways) {
							const [asked, answer] = [request(one), response(one)];
							expect(table.find(asked.bytes, asked.place, true)).toBe(one);
							expect(table.find(answer.bytes, answer.place, false)).toBe(one);
						}
						expect(table.all()).toEqual(ways);
					},
				),
			);
		},
	);

	it('holds as many phones of one server as are kept of a source, and no more', () => {
		const ways = Array.from({ length: MAX_FLOWS + 1 }, (_, phone): Way => {
			const client = [10, phone >> 16, (phone >> 8) & 0xff, phone & 0xff];
			return { client, server: [198, 51, 100, 5], clientPort: 5060, serverPort: 5060 };
		});
		const table = new FlowTable<Way>();
		const added = ways.filter((one) => {
			const { bytes, place } = request(one);
			return table.add(bytes, place, one) === one;
		});
		expect(added).toHaveLength(MAX_FLOWS);
		expect(table.isFull).toBe(true);
		const lost = added.filter((one) => {
			const { bytes, place } = response(one);
			return table.find(bytes, place, false) !== one;
		});
		expect(lost).toEqual([]);
	});

	it('holds the phones behind one NAT, told by their ports', () => {
		const table = new FlowTable<number>();
		const wayOf = (clientPort: number): Way => ({
			...{ client: [192, 0, 2, 1], server: [198, 51, 100, 5] },
			...{ clientPort, serverPort: 5060 },
		});
		for (let from = 1024; from < 11_024; from += 1) {
			const { bytes, place } = request(wayOf(from));
			expect(table.add(bytes, place, from)).toBe(from);
		}
		const { bytes, place } = response(wayOf(9_999));
		expect(table.find(bytes, place, false)).toBe(9_999);
	});
});
