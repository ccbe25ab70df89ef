import { describe, expect, it } from 'vitest';
import type { ConnectionEvent } from '../../src/trace/observed.js';
import { PHONE, REGISTER, SERVER, TRYING } from '../support/packet-bytes.js';
import { TcpScript } from '../support/tcp-bytes.js';
import { tracedRecords } from '../support/traced.js';

async function eventsOf(...scripts: readonly TcpScript[]): Promise<readonly ConnectionEvent[]> {
	const { events } = await tracedRecords(scripts.flatMap(({ records }) => records));
	return events.flatMap((event) => (event.kind === 'connection' ? [event] : []));
}

const open = () => new TcpScript().handshake();
const OK = TRYING.replace('100 Trying', '200 OK').replace(
	'Content-Length',
	`Contact: <sip:1001@${PHONE}:5060>;expires=300\r\nContent-Length`,
);
const UNAUTHORIZED = TRYING.replace('100 Trying', '401 Unauthorized');

describe('a SYN', () => {
	it('that nobody answers is a time-out with its copies', async () => {
		const script = new TcpScript().syn().syn(1).syn(2).syn(4);
		expect(await eventsOf(script)).toEqual([
			{
				kind: 'connection',
				at: 1_700_000_000_010_000,
				source: 'a.pcap',
				frame: 1,
				outcome: 'timed-out',
				transport: 'tcp',
				src: { address: PHONE, port: 40_000 },
				dst: { address: SERVER, port: 5060 },
				errno: undefined,
				copies: 4,
				established: false,
			},
		]);
	});

	it('seen on two interfaces at once is one', async () => {
		const script = new TcpScript().syn().syn(0.0001).syn(3).syn(0.0001);
		expect(await eventsOf(script)).toMatchObject([{ copies: 2 }]);
	});

	it('sent up to three times before the capture ends may yet be answered, until the next one is due', async () => {
		expect(await eventsOf(new TcpScript().syn())).toEqual([]);
		expect(await eventsOf(new TcpScript().syn().syn(1))).toEqual([]);
		expect(await eventsOf(new TcpScript().syn().syn(1).syn(2))).toEqual([]);
		const other = new TcpScript({ serverPort: 9 });
		expect(await eventsOf(new TcpScript().syn().syn(1).syn(2), other.syn(7.1))).toMatchObject([
			{ outcome: 'timed-out', copies: 3 },
		]);
	});

	it('that a RST answers is refused by the server', async () => {
		const script = new TcpScript().syn().server('', { flags: 'RA' });
		expect(await eventsOf(script)).toMatchObject([
			{ outcome: 'refused', by: 'server', frame: 2, copies: 1, established: false },
		]);
	});

	it('that is refused counts each time', async () => {
		const once = (phoneStart: number) =>
			new TcpScript({ phoneStart }).syn().server('', { flags: 'RA' });
		const frames = (await eventsOf(once(1), once(2))).map(({ frame }) => frame);
		expect(frames).toEqual([2, 4]);
	});

	it('to a port of something else is not told', async () => {
		const script = new TcpScript({ serverPort: 8443 }).syn().server('', { flags: 'RA' });
		expect(await eventsOf(script)).toEqual([]);
	});

	it('to any port of a host that speaks SIP is told', async () => {
		const refused = new TcpScript({ serverPort: 8443 }).syn().server('', { flags: 'RA' });
		expect(await eventsOf(refused, open().phone(REGISTER))).toMatchObject([{ outcome: 'refused' }]);
	});
});

describe('the end of a connection', () => {
	const finish = (script: TcpScript) =>
		script.server('', { flags: 'FA' }).phone('', { flags: 'FA' });

	it('by FIN before the REGISTER is answered is told, with who closed', async () => {
		expect(await eventsOf(finish(open().phone(REGISTER)))).toMatchObject([
			{ outcome: 'closed', by: 'server', established: true, frame: 5 },
		]);
	});

	it('by RST before the REGISTER is answered is told, with who reset', async () => {
		const script = open().phone(REGISTER).server('').server('', { flags: 'R' });
		expect(await eventsOf(script)).toMatchObject([
			{ outcome: 'reset', by: 'server', established: true, frame: 6 },
		]);
	});

	it('by RST behind a response of which the snaplen left no CSeq is not told', async () => {
		const script = open().phone(REGISTER).server(OK, { snaplen: 150 });
		expect(await eventsOf(script.server('', { flags: 'R' }))).toEqual([]);
	});

	it('by RST is told where the snaplen cut the REGISTER before its CSeq', async () => {
		const script = open().phone(REGISTER, { snaplen: 150 }).server('');
		expect(await eventsOf(script.server('', { flags: 'R' }))).toMatchObject([
			{ outcome: 'reset', by: 'server' },
		]);
	});

	it('by a RST with the TTL of nobody else came from the middle', async () => {
		const script = open().phone(REGISTER).server('', { flags: 'R', ttl: 63 });
		expect(await eventsOf(script)).toMatchObject([{ outcome: 'reset', by: 'middle' }]);
	});

	it('by RST before anything was said is told', async () => {
		const script = open().server('', { flags: 'R' });
		expect(await eventsOf(script)).toMatchObject([{ outcome: 'reset', established: true }]);
	});

	it('by a RST of which nothing before was seen may have done its work', async () => {
		expect(await eventsOf(new TcpScript().server('', { flags: 'R' }))).toEqual([]);
	});

	it('by a RST of which nothing but keep-alives was seen before may have done its work', async () => {
		const keepAlive = new TcpScript().phone('\r\n\r\n').server('', { flags: 'R' });
		expect(await eventsOf(keepAlive)).toEqual([]);
		const began = open().phone('\r\n\r\n').server('', { flags: 'R' });
		expect(await eventsOf(began)).toMatchObject([{ outcome: 'reset', established: true }]);
	});

	it('by a RST that is seen on two interfaces is told once', async () => {
		const script = open().server('', { flags: 'R' }).server('', { flags: 'R', after: 0.0001 });
		expect(await eventsOf(script)).toHaveLength(1);
	});

	it('after a challenge took nothing from anybody', async () => {
		expect(await eventsOf(finish(open().phone(REGISTER).server(UNAUTHORIZED)))).toEqual([]);
	});

	it('on the flow of a live registration is told', async () => {
		const script = finish(open().phone(REGISTER).server(OK));
		expect(await eventsOf(script)).toMatchObject([{ outcome: 'closed', by: 'server', frame: 6 }]);
	});

	it('after the registration expired is not', async () => {
		const script = open().phone(REGISTER).server(OK).server('', { flags: 'FA', after: 301 });
		expect(await eventsOf(script)).toEqual([]);
	});

	it('after the binding was removed is not', async () => {
		const removal = REGISTER.replace('Expires: 300', 'Expires: 0');
		const answer = TRYING.replace('100 Trying', '200 OK');
		const script = open().phone(REGISTER).server(OK).phone(removal).server(answer);
		expect(await eventsOf(finish(script))).toEqual([]);
	});

	it('is told of the phone as client where the capture began later', async () => {
		const script = new TcpScript({ phonePort: 5060, serverPort: 40_000 }).phone(REGISTER);
		expect(await eventsOf(finish(script))).toMatchObject([
			{ src: { address: PHONE, port: 5060 }, by: 'server' },
		]);
	});
});

describe('data that is never acknowledged', () => {
	const large = REGISTER.replace('Expires', `X-Padding: ${'x'.repeat(1000)}\r\nExpires`);

	it('is told with its length where a smaller segment came through', async () => {
		const script = open().phone(REGISTER).server(UNAUTHORIZED);
		for (const after of [0.1, 0.3, 0.6, 1.2]) {
			script.phone(large, { offset: REGISTER.length, after });
		}
		expect(await eventsOf(script)).toMatchObject([
			{
				outcome: 'timed-out',
				established: true,
				copies: 4,
				unacknowledgedLength: large.length,
				frame: 6,
			},
		]);
	});

	it('has no length where nothing smaller came through', async () => {
		const script = open();
		for (const after of [0.1, 0.3, 0.6]) script.phone(REGISTER, { offset: 0, after });
		const [event] = await eventsOf(script);
		expect(event).toMatchObject({ outcome: 'timed-out', established: true, copies: 3 });
		expect(event?.unacknowledgedLength).toBeUndefined();
	});

	it('is nothing where the acknowledgment came late', async () => {
		const script = open();
		for (const after of [0.1, 0.3, 0.6]) script.phone(large, { offset: 0, after });
		expect(await eventsOf(script.server(''))).toEqual([]);
	});
});

describe('an answer that is no SIP', () => {
	const answered = async (answer: string | Uint8Array) => {
		const { events } = await tracedRecords(open().phone(REGISTER).server(answer).records);
		return events.filter(({ kind }) => kind === 'foreign-answer');
	};

	it('is told with its first bytes and what it looks like', async () => {
		expect(await answered('HTTP/1.1 400 Bad Request\r\n\r\n')).toEqual([
			{
				kind: 'foreign-answer',
				at: 1_700_000_000_050_000,
				source: 'a.pcap',
				frame: 5,
				transport: 'tcp',
				src: { address: SERVER, port: 5060 },
				dst: { address: PHONE, port: 40_000 },
				text: 'HTTP/1.1 400 Bad Request\r\n\r\n',
				looksLike: 'http',
			},
		]);
	});

	it('may be a TLS alert', async () => {
		const alert = Uint8Array.of(0x15, 3, 1, 0, 2, 2, 10);
		expect(await answered(alert)).toMatchObject([
			{ looksLike: 'tls', text: '\x15\x03\x01\0\x02\x02\n' },
		]);
	});

	it('may have come before it was asked', async () => {
		const script = open().server('SSH-2.0-OpenSSH_9.2\r\n').phone(REGISTER);
		const { events } = await tracedRecords(script.records);
		expect(events).toMatchObject([{ kind: 'foreign-answer', looksLike: 'ssh', frame: 4 }]);
	});

	it('is kept to 64 bytes', async () => {
		expect(await answered('y'.repeat(200))).toMatchObject([
			{ text: 'y'.repeat(64), looksLike: undefined },
		]);
	});

	it('is none where the server also speaks SIP', async () => {
		expect(await answered(`\r\n${UNAUTHORIZED}`)).toEqual([]);
	});

	it('is known by what it looks like where the capture begins with the REGISTER', async () => {
		const script = new TcpScript().phone(REGISTER).server('HTTP/1.1 400 Bad Request\r\n\r\n');
		const { events } = await tracedRecords(script.records);
		expect(events).toMatchObject([{ kind: 'foreign-answer', looksLike: 'http' }]);
	});

	it('is none where the capture has only the end of it', async () => {
		const script = new TcpScript().phone(REGISTER).server('the end of some message\r\n');
		const { events } = await tracedRecords(script.records);
		expect(events).toEqual([]);
	});
});
