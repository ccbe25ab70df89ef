/* Design §2, aor: phones of which no REGISTER was read, because what carries it never came up. */
import { describe, expect, it } from 'vitest';
import { accepted, request, sent } from '../support/exchange.js';
import { registrationsIn, theRegistration } from './reading.js';

const PHONE = '192.168.1.10';
const SERVER = '203.0.113.5';

interface Try {
	readonly port?: number;
	readonly to?: string;
	readonly from?: string;
	readonly marks?: string;
}

function refused(at: number, { port = 49_152, to = `${SERVER}:5060`, from = PHONE }: Try = {}) {
	return `+${at} CONNECT refused TCP ${from}:${port} > ${to} [by=server]\n`;
}

function handshake(at: number, reached: string, { port = 49_152, to, marks = '' }: Try = {}) {
	return `+${at} TLS ${reached} ${PHONE}:${port} > ${to ?? `${SERVER}:5061`} ${marks}\n`;
}

function registered(at: number, client = `${PHONE}:5060`): string {
	const register = request({ client });
	return sent(register, at) + accepted(register, at + 0.03);
}

describe('a phone whose connection is refused before any REGISTER', () => {
	const registration = theRegistration(refused(0), 10);

	it('has no address-of-record, and cannot reach its server', () => {
		expect(registration.aor).toBeUndefined();
		expect(registration.outcome).toBe('unreachable');
		expect(registration.finalStatus).toBeUndefined();
	});

	it('is named by its address and by the server, port and transport it tried', () => {
		expect(registration.target).toEqual({ host: SERVER, port: 5060, transport: 'tcp' });
		expect(registration.path).toEqual([
			{
				client: { address: PHONE, port: 49_152 },
				server: { address: SERVER, port: 5060 },
				transport: 'tcp',
				source: 'transcript.sip',
			},
		]);
	});

	it('is one where the capture shows both sides of the NAT', () => {
		const outside = refused(0.001, { from: '198.51.100.7', port: 61_000 });
		expect(registrationsIn(refused(0) + outside, 10)).toHaveLength(1);
	});

	it('is another one than a public host that tries the same at another time', () => {
		const another = refused(60, { from: '198.51.100.7', port: 61_000 });
		expect(registrationsIn(refused(0) + another, 70)).toHaveLength(2);
	});

	it('is one registration however often it tries', () => {
		const tries = [0, 10, 60, 120].map((at, index) => refused(at, { port: 50_000 + index }));
		const { attempts, path } = theRegistration(tries.join(''), 130);
		expect(attempts.map(({ number, failures }) => [number, failures.length])).toEqual([
			[1, 2],
			[2, 1],
			[3, 1],
		]);
		expect(path[0]?.client.port).toBe(50_003);
	});

	it('is one for each server', () => {
		const text = refused(0) + refused(1, { to: '203.0.113.6:5060' });
		expect(registrationsIn(text, 10).map(({ target }) => target.host)).toEqual([
			SERVER,
			'203.0.113.6',
		]);
	});

	it('is one for each phone', () => {
		expect(registrationsIn(refused(0) + refused(1, { from: '192.168.1.11' }), 10)).toHaveLength(2);
	});
});

describe('a failed TLS handshake', () => {
	it('names the server as the phone does', () => {
		const text = handshake(0, 'server-hello', {
			marks: '[name=sip.example.com] [alert=client:48] [closed=client]',
		});
		expect(theRegistration(text, 10).target).toEqual({
			host: 'sip.example.com',
			port: 5061,
			transport: 'tls',
		});
	});

	it('and the end of its connection are one attempt', () => {
		const close = `+0.1 CONNECT reset TCP ${PHONE}:49152 > ${SERVER}:5061 [by=server] [established]\n`;
		const text = handshake(0, 'server-hello', { marks: '[closed=server]' }) + close;
		const { attempts } = theRegistration(text, 10);
		expect(attempts.map(({ failures }) => failures.map(({ kind }) => kind))).toEqual([
			['tls', 'connection'],
		]);
	});

	it('is not told where a later one comes up', () => {
		const bad = handshake(0, 'server-hello', { marks: '[closed=client]' });
		expect(registrationsIn(bad + handshake(5, 'application-data', { port: 49_153 }), 10)).toEqual(
			[],
		);
	});

	it('is told where the one that came up was before, with the same server', () => {
		const good = handshake(0, 'application-data');
		const bad = handshake(60, 'server-hello', { port: 49_153, marks: '[closed=client]' });
		expect(registrationsIn(good + bad, 100)).toHaveLength(1);
	});

	it('is not told where another server was reached before, as that connection may last', () => {
		const good = handshake(0, 'application-data', { to: '203.0.113.6:5061' });
		const bad = handshake(60, 'server-hello', { port: 49_153, marks: '[closed=client]' });
		expect(registrationsIn(good + bad, 100)).toEqual([]);
	});

	it('on a web port is not told', () => {
		const text = handshake(0, 'server-hello', { to: `${SERVER}:443`, marks: '[closed=client]' });
		expect(registrationsIn(text, 10)).toEqual([]);
	});
});

describe('nothing is made of', () => {
	const cases: readonly (readonly [string, string])[] = [
		['a connection refused on another port', refused(0, { to: `${SERVER}:8080` })],
		['a single SYN', `+0 CONNECT timed-out TCP ${PHONE}:49152 > ${SERVER}:5060 [copies=1]\n`],
		[
			'a connection that the client itself cuts',
			`+0 CONNECT reset TCP ${PHONE}:49152 > ${SERVER}:5060 [by=client] [established]\n`,
		],
		[
			'the end of an idle connection',
			`+0 CONNECT closed TCP ${PHONE}:49152 > ${SERVER}:5060 [by=server] [established]\n`,
		],
		[
			'a connection cut after TLS came up on it',
			handshake(0, 'application-data') +
				`+9 CONNECT reset TCP ${PHONE}:49152 > ${SERVER}:5061 [by=server] [established]\n`,
		],
		[
			'a neighbour that does not answer',
			`+0 UNANSWERED-ARP 192.168.1.1 from ${PHONE} [copies=9]\n`,
		],
		['fragments of something else', `+0 FRAGMENTS ${PHONE} > ${SERVER} [received=1480]\n`],
		[
			'something that is no SIP, where nobody asked',
			`+0 FOREIGN TCP ${SERVER}:5060 > ${PHONE}:49152 [like=http] [text=HTTP/1.1_400]\n`,
		],
		[
			'a client that tries a great many servers',
			Array.from({ length: 9 }, (_, n) => refused(n, { to: `203.0.113.${n + 1}:5060` })).join(''),
		],
	];
	it.each(cases)('%s', (_what, text) => {
		expect(registrationsIn(text, 60)).toEqual([]);
	});
});

describe('a port other than 5060 and 5061', () => {
	const elsewhere = request({ client: '192.168.1.20:5060', server: `${SERVER}:5080` });

	it('is a SIP port where SIP is seen on it', () => {
		const text =
			sent(elsewhere, 0) + accepted(elsewhere, 0.03) + refused(5, { to: `${SERVER}:5080` });
		expect(registrationsIn(text, 60).map(({ aor }) => aor)).toEqual([
			'sip:1001@example.com',
			undefined,
		]);
	});

	it('is told where a WebSocket for SIP is refused on it', () => {
		const text = `+0 WEBSOCKET refused WS ${PHONE}:49152 > ${SERVER}:8088 [status=404] [path=/x]\n`;
		expect(theRegistration(text, 10).target).toEqual({
			host: SERVER,
			port: 8088,
			transport: 'ws',
		});
	});
});

describe('a failed connection of a phone that registers', () => {
	it('is no second registration where it registers right afterwards in another way', () => {
		const { aor, outcome } = theRegistration(refused(0) + registered(3), 60);
		expect([aor, outcome]).toEqual(['sip:1001@example.com', 'registered']);
	});

	it('is none where its binding lasts', () => {
		const { attempts, outcome } = theRegistration(registered(0) + refused(900), 1000);
		expect([attempts.length, outcome]).toEqual([1, 'registered']);
	});

	it('is one where several phones share the address and none answers for it', () => {
		const other = request({
			client: `${PHONE}:5070`,
			callId: 'call-2',
			aor: 'sip:1002@example.com',
		});
		const both = registered(0) + sent(other, 1) + accepted(other, 1.03);
		const all = registrationsIn(both + refused(900), 1000);
		expect(all.map(({ aor }) => aor)).toEqual([
			'sip:1001@example.com',
			'sip:1002@example.com',
			undefined,
		]);
	});

	it('is nobody’s where two phones behind one NAT use the same server', () => {
		const one = request({ client: `${PHONE}:41000`, transport: 'TCP' });
		const two = request({ ...one, client: `${PHONE}:42000`, callId: 'call-2', aor: 'sip:1002@x' });
		const both = sent(one, 0) + accepted(one, 0.1) + sent(two, 1) + accepted(two, 1.1);
		const all = registrationsIn(both + refused(900, { port: 43_000 }), 1000);
		expect(all.map(({ aor, outcome }) => [aor, outcome])).toEqual([
			['sip:1001@example.com', 'registered'],
			['sip:1002@x', 'registered'],
			[undefined, 'unreachable'],
		]);
	});
});
