import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
	decodeComment,
	encodeAsideComment,
	encodeEventComment,
	encodeTransportComment,
} from '../../src/trace/event-comment.js';
import type { NetworkEvent } from '../../src/trace/observed.js';

const place = { at: 1_700_000_000_000_000, source: 'probe', frame: 3 };
const src = { address: '192.0.2.10', port: 49_152 };
const dst = { address: '198.51.100.5', port: 5060 };

const events: readonly NetworkEvent[] = [
	{
		kind: 'dns',
		...place,
		...{ src, dst: { address: '192.0.2.53', port: 53 }, name: '_sip._udp.example.com' },
		...{ type: 'SRV', outcome: 'answered', copies: 1 },
		answers: [
			{ name: '_sip._udp.example.com', type: 'SRV', ttl: 0, data: '10 60 5060 a.example.com' },
		],
	},
	{
		kind: 'tls',
		...{ ...place, src, dst, reached: 'certificate', serverName: 'example.com' },
		...{ offeredVersion: 'TLS 1.3', chosenVersion: 'TLS 1.2', certificateRequested: true },
		certificates: [
			{
				...{ subject: 'CN=example.com', issuer: 'CN=Authority', names: ['example.com'] },
				...{ notBefore: place.at - 1000, notAfter: place.at + 1000 },
			},
		],
		alert: { by: 'server', level: 2, description: 116 },
		closedBy: 'client',
		foreignAnswer: undefined,
		verification: { reason: 'untrusted', text: 'its authority is not known here' },
	},
	{
		kind: 'experiment',
		...place,
		...{ id: 'alg', verdict: 'alg-proven', text: 'ALG proven over UDP: From → somebody' },
		columns: ['request', 'answer'],
		rows: [
			['OPTIONS, own address', '200 OK'],
			['OPTIONS, names only', ''],
		],
		proof: [{ frame: 2, at: place.at - 1000, field: 'From', text: 'sent as a, came back as b' }],
	},
	{
		kind: 'websocket',
		...{ ...place, src, dst, transport: 'wss', outcome: 'refused', status: 403, path: '/ws' },
		...{ protocol: undefined, closeCode: undefined },
	},
	{
		kind: 'unreachable',
		...place,
		reason: 'port',
		reporter: undefined,
		icmp: undefined,
		errno: 'ECONNREFUSED',
		quoted: { transport: 'udp', src, dst, text: 'REGISTER sip:example.com SIP/2.0\r\n' },
	},
	{
		kind: 'unreachable',
		...place,
		reason: 'admin-prohibited',
		reporter: '203.0.113.1',
		icmp: { version: 4, type: 3, code: 13 },
		errno: undefined,
		quoted: { transport: 'tcp', src, dst, text: '' },
	},
	{
		kind: 'connection',
		...place,
		outcome: 'timed-out',
		transport: 'tcp',
		src,
		dst,
		errno: 'EHOSTUNREACH',
		refusal: {
			reason: 'admin-prohibited',
			reporter: '192.0.2.1',
			icmp: { version: 4, type: 3, code: 13 },
		},
	},
	{
		kind: 'connection',
		...place,
		outcome: 'refused',
		transport: 'tls',
		src,
		dst,
		errno: 'ECONNREFUSED',
	},
	{
		kind: 'connection',
		...place,
		outcome: 'closed',
		transport: 'tcp',
		src,
		dst,
		errno: undefined,
		by: 'server',
		established: true,
	},
	{
		kind: 'connection',
		...place,
		outcome: 'timed-out',
		transport: 'tcp',
		src,
		dst,
		errno: undefined,
		copies: 6,
		established: true,
		unacknowledgedLength: 1448,
	},
	{
		kind: 'resolution',
		...place,
		outcome: 'nxdomain',
		name: '_sip._udp.example.com',
		errno: undefined,
	},
	{ kind: 'neighbour', ...place, address: '192.0.2.1', mac: '00:00:5e:00:53:01' },
];

describe('the comment of an event', () => {
	it.each(events)('is read back as the same $kind', (event) => {
		expect(decodeComment(encodeEventComment(event), place)).toEqual({ kind: 'event', event });
	});

	it('takes time, source and frame from where it is found, not from what it says', () => {
		const comment = JSON.stringify({
			sipdoctor: 1,
			event: { kind: 'neighbour', address: '192.0.2.1', mac: 'x', frame: 99, source: 'other' },
		});
		const fact = decodeComment(comment, place);
		expect(fact).toMatchObject({ event: { frame: 3, source: 'probe' } });
	});

	it('holds no credentials of what was quoted', () => {
		const event = events.find(({ kind }) => kind === 'unreachable');
		if (event?.kind !== 'unreachable') throw new Error('the first event is an ICMP error');
		const text =
			'REGISTER sip:example.com SIP/2.0\r\nAuthorization: Digest username="1001",\r\n response="0123456789abcdef"\r\nproxy-authorization : Bearer abc\r\nCall-ID: 1\r\n';
		const comment = encodeEventComment({ ...event, quoted: { ...event.quoted, text } });
		expect(comment).not.toMatch(/response|0123456789abcdef|Bearer|1001/);
		expect(comment).toContain('Call-ID: 1');
	});
});

describe('the comment of a transport', () => {
	it.each(['udp', 'tcp', 'tls', 'ws', 'wss'] as const)('is read back as %s', (transport) => {
		const fact = decodeComment(encodeTransportComment(transport), place);
		expect(fact).toEqual({ kind: 'transport', transport });
	});
});

describe('the comment of a packet of an experiment', () => {
	it('is read back as one', () => {
		expect(decodeComment(encodeAsideComment(), place)).toEqual({ kind: 'aside' });
	});
});

describe('decodeComment', () => {
	const good = { kind: 'connection', outcome: 'refused', transport: 'tcp', src, dst };
	it.each([
		['words of a person', 'the phone was rebooted here'],
		['other JSON', '{"tool":1}'],
		['broken JSON', '{"sipdoctor":1,'],
		['another version', '{"sipdoctor":2,"transport":"tcp"}'],
		['an unknown transport', '{"sipdoctor":1,"transport":"carrier-pigeon"}'],
		['an unknown kind', '{"sipdoctor":1,"event":{"kind":"earthquake"}}'],
		['an unknown outcome', own({ ...good, outcome: 'meh' })],
		['a port out of range', own({ ...good, dst: { address: '192.0.2.1', port: 70_000 } })],
		['an address that is no text', own({ ...good, dst: { address: 1, port: 1 } })],
		['a text without end', own({ ...good, dst: { address: 'a'.repeat(300), port: 1 } })],
		['a list in place of an event', '{"sipdoctor":1,"event":[]}'],
		['a comment without end', `{"sipdoctor":1,"transport":"tcp","x":"${'a'.repeat(70_000)}"}`],
	])('gives nothing for %s', (_name, comment) => {
		expect(decodeComment(comment, place)).toBeUndefined();
	});

	const tried = {
		...{ kind: 'experiment', id: 'stun', verdict: 'no-nat', text: 'no NAT', proof: [] },
		...{ columns: ['asked', 'saw'], rows: [['STUN', 'nothing']] },
	};
	it.each([
		['with an id of no experiment', { id: 'constructor' }],
		['with a verdict of none', { verdict: '__proto__' }],
		['with a row that is too short', { rows: [['STUN']] }],
		['with a cell that is no text', { rows: [['STUN', 7]] }],
		['with rows without end', { rows: Array.from({ length: 500 }, () => ['a', 'b']) }],
		['with a proof that is none', { proof: [{ frame: 1 }] }],
	])('gives nothing for an experiment %s', (_name, more) => {
		expect(decodeComment(own(tried), place)).toMatchObject({ kind: 'event' });
		expect(decodeComment(own({ ...tried, ...more }), place)).toBeUndefined();
	});

	it('accepts what the cases above were made from', () => {
		expect(decodeComment(own(good), place)).toMatchObject({ kind: 'event' });
	});

	it('never throws on any JSON', () => {
		fc.assert(
			fc.property(fc.json(), fc.constantFrom(...events), (json, { kind }) => {
				decodeComment(`{"sipdoctor":1,"event":${json}}`, place);
				decodeComment(`{"sipdoctor":1,"event":{"kind":"${kind}","quoted":${json}}}`, place);
			}),
		);
	});
});

function own(event: object): string {
	return JSON.stringify({ sipdoctor: 1, event });
}
