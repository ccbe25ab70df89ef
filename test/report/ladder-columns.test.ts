import { describe, expect, it } from 'vitest';
import type { Endpoint } from '../../src/net/endpoint.js';
import type { Leg } from '../../src/registration/registration.js';
import { ladderColumns } from '../../src/report/ladder-columns.js';
import { NAT, PHONE, registration, SERVER } from './analysis-builder.js';

const leg = (client: Endpoint, transport: Leg['transport'] = 'udp', server = SERVER): Leg => ({
	client,
	server,
	transport,
	source: 'phone.pcap',
});

function roles(...path: readonly Leg[]): readonly string[] {
	return ladderColumns(registration({ path, messages: [] }), new Set()).map(({ role }) => role);
}

describe('the lifelines of a ladder', () => {
	it('have a NAT before the server that the phone reaches from another address', () => {
		expect(roles(leg(PHONE), leg(NAT))).toEqual(['phone', 'NAT', 'registrar']);
	});

	it('have no NAT where the phone goes from UDP to TCP', () => {
		const overTcp = leg({ ...PHONE, port: 49152 }, 'tcp');
		expect(roles(leg(PHONE), overTcp)).toEqual(['phone', 'phone 2', 'registrar']);
	});

	it('have servers that the phone asked itself beside each other, and no proxy', () => {
		const next = { ...SERVER, address: '203.0.113.140' };
		expect(roles(leg(PHONE), leg(PHONE, 'udp', next))).toEqual(['phone', 'server', 'server 2']);
	});
});
