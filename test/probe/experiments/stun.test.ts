import { describe, expect, it } from 'vitest';
import type { Endpoint } from '../../../src/net/endpoint.js';
import { parseStun } from '../../../src/net/stun.js';
import type { OpenDatagrams } from '../../../src/probe/datagram-socket.js';
import { type NamedServer, stunExperiment } from '../../../src/probe/experiments/stun.js';
import { FakeNetwork, OUTSIDE, PHONE } from './fake-network.js';
import { stunSuccess } from './stun-bytes.js';

const LOCAL = { address: PHONE, port: 40_500 };
const FIRST = { address: '203.0.113.140', port: 3478 };
const SECOND = { address: '203.0.113.141', port: 3479 };

interface World {
	/** What a server sees of the local port; undefined for silence. */
	readonly mapped: (server: Endpoint) => Endpoint | undefined;
	readonly other?: Endpoint;
	readonly registrarSaw?: Endpoint;
	readonly servers?: readonly NamedServer[];
	readonly errno?: string;
}

const named = (endpoint: Endpoint): NamedServer => ({
	name: endpoint.address,
	endpoint,
	why: undefined,
});

async function asked({ mapped, other, registrarSaw, servers = [named(FIRST)], errno }: World) {
	const network = new FakeNetwork();
	const to: Endpoint[] = [];
	const openDatagrams: OpenDatagrams = ({ onDatagram }) =>
		Promise.resolve(
			errno === undefined
				? {
						local: LOCAL,
						send: (bytes, server) => {
							to.push(server);
							expect(parseStun(bytes)?.message).toBe('request');
							const seen = mapped(server);
							if (seen === undefined) return;
							network.timers.after(1, () => onDatagram(stunSuccess(bytes, seen, other), server));
						},
						close: () => Promise.resolve(),
					}
				: { errno },
		);
	let count = 0;
	const randomBytes = (length: number): Uint8Array => {
		count += 1;
		return new Uint8Array(length).fill(count);
	};
	const deps = { openDatagrams, randomBytes, timers: network.timers, signal: undefined };
	const done = stunExperiment({ servers, local: LOCAL, registrarSaw }, deps);
	return { ...(await network.settle(done)), to };
}

const port = (number: number): Endpoint => ({ address: OUTSIDE, port: number });

describe('STUN from the port of the REGISTER', () => {
	it('finds the same mapping for both addresses of a server (RFC 5780 §4.3)', async () => {
		const { experiment, to } = await asked({ mapped: () => port(7), other: SECOND });
		expect(experiment.verdict).toBe('endpoint-independent');
		expect(to).toEqual([FIRST, { address: SECOND.address, port: FIRST.port }]);
	});

	it('finds another mapping for the other address, and asks its other port as well', async () => {
		const mapped = (server: Endpoint) => port(server.address === FIRST.address ? 7 : 8);
		const { experiment, to } = await asked({ mapped, other: SECOND });
		expect(experiment.verdict).toBe('endpoint-dependent');
		expect(to.at(-1)).toEqual(SECOND);
	});

	it('takes the registrar for the second server', async () => {
		const same = await asked({ mapped: () => port(7), registrarSaw: port(7) });
		expect(same.experiment.verdict).toBe('endpoint-independent');
		const other = await asked({ mapped: () => port(7), registrarSaw: port(8) });
		expect(other.experiment.verdict).toBe('endpoint-dependent');
	});

	it('does not count what an ALG wrote into the answer of the registrar', async () => {
		const { experiment } = await asked({ mapped: () => port(7), registrarSaw: LOCAL });
		expect(experiment.verdict).toBe('cannot-tell');
		expect(experiment.rows.at(-1)?.join()).toContain('not counted');
	});

	it('finds no NAT', async () => {
		const { experiment, outside } = await asked({ mapped: () => LOCAL });
		expect(experiment.verdict).toBe('no-nat');
		expect(outside).toBe(PHONE);
	});

	it('asks a silent server four times and says so', async () => {
		const { experiment, to } = await asked({ mapped: () => undefined, registrarSaw: port(7) });
		expect(to).toHaveLength(4);
		expect(experiment).toMatchObject({ verdict: 'cannot-tell', text: 'no STUN server answered' });
		expect(experiment.rows[0]).toEqual(['STUN 203.0.113.140:3478', 'no answer', '']);
	});

	it('names a server that has no address', async () => {
		const nowhere = {
			name: 'stun.invalid',
			endpoint: undefined,
			why: 'does not resolve (ENOTFOUND)',
		};
		const { experiment, to } = await asked({ mapped: () => LOCAL, servers: [nowhere] });
		expect(to).toEqual([]);
		expect(experiment.rows).toEqual([['stun.invalid', 'does not resolve (ENOTFOUND)', '']]);
	});

	it('says that the port is taken', async () => {
		const { experiment } = await asked({ mapped: () => LOCAL, errno: 'EADDRINUSE' });
		expect(experiment.text).toBe('UDP port 40500 cannot be had again (EADDRINUSE)');
	});
});
