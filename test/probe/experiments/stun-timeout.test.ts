import { describe, expect, it } from 'vitest';
import type { Endpoint } from '../../../src/net/endpoint.js';
import type { OpenDatagrams } from '../../../src/probe/datagram-socket.js';
import { stunTimeoutExperiment } from '../../../src/probe/experiments/stun-timeout.js';
import { FakeNetwork, OUTSIDE, PHONE } from './fake-network.js';
import { stunSuccess } from './stun-bytes.js';

const SERVER = { address: '203.0.113.140', port: 3478 };

/** A NAT that keeps ports and forgets, and a STUN server beyond it that may know RESPONSE-PORT. */
async function measured(lifetimeS: number, { knowsResponsePort = true, max = 300 } = {}) {
	const network = new FakeNetwork();
	const receivers = new Map<number, (bytes: Uint8Array, from: Endpoint) => void>();
	const lastSent = new Map<number, number>();
	let next = 40_000;
	const openDatagrams: OpenDatagrams = ({ onDatagram }) => {
		const local = { address: PHONE, port: next++ };
		receivers.set(local.port, onDatagram);
		return Promise.resolve({
			local,
			close: () => Promise.resolve(),
			send: (bytes) => {
				lastSent.set(local.port, network.timers.now);
				const wanted = bytes.length > 20 ? Buffer.from(bytes).readUInt16BE(24) : local.port;
				if (wanted !== local.port && !knowsResponsePort) return;
				network.timers.after(1, () => {
					const idle = network.timers.now - (lastSent.get(wanted) ?? 0);
					if (idle > lifetimeS * 1000) return;
					const mapped = { address: OUTSIDE, port: local.port };
					receivers.get(wanted)?.(stunSuccess(bytes, mapped, undefined), SERVER);
				});
			},
		});
	};
	let count = 0;
	const randomBytes = (length: number): Uint8Array => {
		count += 1;
		return new Uint8Array(length).fill(count);
	};
	const deps = { openDatagrams, randomBytes, timers: network.timers, signal: undefined };
	const inputs = { server: SERVER, localAddress: PHONE, max };
	return network.settle(stunTimeoutExperiment(inputs, deps));
}

describe('the lifetime of a NAT mapping, by a STUN server that answers elsewhere', () => {
	it('is an interval although the NAT keeps the port', async () => {
		const result = await measured(60);
		expect(result?.lifetime).toEqual({ kind: 'between', low: 55, high: 70 });
		expect(result?.experiment.text).toContain('towards STUN 203.0.113.140:3478');
	});

	it('is at least what was tried, without a doubt', async () => {
		const result = await measured(4000, { max: 25 });
		expect(result?.experiment.text).toMatch(/at least 25 s after one exchange$/);
	});

	it('is left to others where the server does not know how', async () => {
		expect(await measured(60, { knowsResponsePort: false })).toBeUndefined();
	});
});
