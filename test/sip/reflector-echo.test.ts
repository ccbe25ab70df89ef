import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SipResponse } from '../../src/sip/message.js';
import { parseDatagram } from '../../src/sip/parse-message.js';
import {
	changedInAnswer,
	changedInRequest,
	ECHO_TYPE,
	type Echo,
	echoBody,
	readEcho,
	readWishes,
	withEcho,
} from '../../src/sip/reflector-echo.js';
import {
	type RequestToSend,
	serializeRequest,
	serializeResponse,
} from '../../src/sip/serialize-message.js';

const SOURCE = { address: '198.51.100.32', port: 40_061 };

const OPTIONS: RequestToSend = {
	method: 'OPTIONS',
	requestUri: 'sip:reflector.example.com',
	headers: [
		['Via', 'SIP/2.0/UDP 192.168.31.30;branch=z9hG4bKabc;rport'],
		['Max-Forwards', '70'],
		['From', '<sip:probe@192.168.31.30>;tag=1'],
		['To', '<sip:probe@192.168.31.30>'],
		['Call-ID', 'abc@192.168.31.30'],
		['CSeq', '1 OPTIONS'],
		['Contact', '<sip:probe@192.168.31.30>'],
	],
	body: new Uint8Array(),
};

const ANSWER_HEAD = [
	'SIP/2.0 200 OK',
	'Via: SIP/2.0/UDP 192.168.31.30;branch=z9hG4bKabc;rport=40061;received=198.51.100.32',
	'CSeq: 1 OPTIONS',
	'',
	'',
].join('\r\n');

function altered(bytes: Uint8Array, from: string, to: string): Uint8Array {
	return Buffer.from(Buffer.from(bytes).toString('latin1').replaceAll(from, to), 'latin1');
}

function response(body: Uint8Array, type = ECHO_TYPE): SipResponse {
	const bytes = serializeResponse({
		statusCode: 200,
		reasonPhrase: 'OK',
		headers: [['Content-Type', type]],
		body,
	});
	const read = parseDatagram(bytes);
	if (!read.ok || read.value.kind !== 'response') throw new Error('not a response');
	return read.value;
}

function echoOf(received: Uint8Array, kind: 'bytes' | 'lines' = 'bytes'): Echo {
	const echo = readEcho(
		response(
			echoBody({
				kind,
				transport: 'UDP',
				source: SOURCE,
				received,
				answerHead: Buffer.from(ANSWER_HEAD),
			}),
		),
	);
	if (echo === undefined) throw new Error('no echo');
	return echo;
}

describe('the echo of a reflector', () => {
	const sent = serializeRequest(withEcho(OPTIONS));

	it('gives back the very bytes that arrived, and where they came from', () => {
		const echo = echoOf(sent);
		expect(echo.bytes).toEqual(new Uint8Array(sent));
		expect(echo.source).toEqual(SOURCE);
		expect(echo.transport).toBe('UDP');
		expect(changedInRequest(sent, echo)).toEqual([]);
	});

	it('shows which line an ALG changed, before and after', () => {
		const arrived = altered(sent, 'Contact: <sip:probe@192.168.31.30>', 'Contact: <sip:probe@h>');
		expect(changedInRequest(sent, echoOf(arrived))).toEqual([
			{
				field: 'contact',
				sent: 'Contact: <sip:probe@192.168.31.30>',
				arrived: 'Contact: <sip:probe@h>',
			},
		]);
	});

	it('shows a line that was added or taken away', () => {
		const added = altered(sent, 'Max-Forwards: 70\r\n', 'Max-Forwards: 70\r\nRoute: <sip:h>\r\n');
		expect(changedInRequest(sent, echoOf(added))).toEqual([
			{ field: 'route', sent: undefined, arrived: 'Route: <sip:h>' },
		]);
		const removed = altered(sent, 'Max-Forwards: 70\r\n', '');
		expect(changedInRequest(sent, echoOf(removed))).toEqual([
			{ field: 'max-forwards', sent: 'Max-Forwards: 70', arrived: undefined },
		]);
	});

	it('names the changed line by hashes alone, where there was no room for the bytes', () => {
		const arrived = altered(sent, 'Call-ID: abc@192.168.31.30', 'Call-ID: abc@198.51.100.32');
		expect(changedInRequest(sent, echoOf(sent, 'lines'))).toEqual([]);
		expect(changedInRequest(sent, echoOf(arrived, 'lines'))).toEqual([
			{ field: 'call-id', sent: 'Call-ID: abc@192.168.31.30', arrived: undefined },
		]);
	});

	it('shows what became of the answer on its way back, whatever its Content-Length', () => {
		const arrived = ANSWER_HEAD.replace('CSeq', 'Content-Length: 5\r\nCSeq');
		const echo = echoOf(sent);
		expect(changedInAnswer(Buffer.from(arrived), echo)).toEqual([]);
		const rewritten = arrived.replace('received=198.51.100.32', 'received=192.168.31.30');
		expect(changedInAnswer(Buffer.from(rewritten), echo)).toMatchObject([
			{ field: 'via', sent: undefined, arrived: expect.stringContaining('192.168.31.30') },
		]);
	});

	it('hides the addresses it holds from an ALG that rewrites bodies', () => {
		const body = Buffer.from(
			echoBody({
				kind: 'bytes',
				transport: 'UDP',
				source: SOURCE,
				received: sent,
				answerHead: Buffer.from(ANSWER_HEAD),
			}),
		).toString('latin1');
		expect(body).toMatch(/^[A-Za-z0-9_-]+$/);
	});

	it('has room in the answer to a padded request', () => {
		const echo = echoBody({
			kind: 'bytes',
			transport: 'UDP',
			source: SOURCE,
			received: sent,
			answerHead: Buffer.from(ANSWER_HEAD),
		});
		expect(sent.length).toBeGreaterThan(echo.length + 400);
		expect(sent.length).toBeLessThan(1300);
	});

	it('is not read from another type, nor from a body that cannot be inflated', () => {
		expect(readEcho(response(echoBodyOfNothing(), 'text/plain'))).toBeUndefined();
		expect(readEcho(response(Buffer.from('not base64!')))).toBeUndefined();
	});

	it('is given back as it was, whatever arrived', () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 2000 }), (received) => {
				expect(echoOf(received).bytes).toEqual(received);
				expect(changedInRequest(received, echoOf(received))).toEqual([]);
				expect(changedInRequest(received, echoOf(received, 'lines'))).toEqual([]);
			}),
			{ numRuns: 50 },
		);
	});

	it('never throws on any body', () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 300 }), (body) => {
				readEcho(response(body));
				readEcho(response(Buffer.from(Buffer.from(body).toString('base64url'))));
			}),
			{ numRuns: 100 },
		);
	});
});

function echoBodyOfNothing(): Uint8Array {
	const nothing = new Uint8Array();
	return echoBody({
		kind: 'bytes',
		transport: 'UDP',
		source: SOURCE,
		received: nothing,
		answerHead: nothing,
	});
}

describe('what a request asks of a reflector', () => {
	it.each([
		['30', 30],
		['0', 0],
		['900', 900],
		['901', 'bad'],
		['-1', 'bad'],
		['soon', 'bad'],
	])('is a delay of %s read as %s', (text, delay) => {
		const headers = [...OPTIONS.headers, ['X-Sipdoctor-Delay', text]] as const;
		const read = parseDatagram(serializeRequest({ ...OPTIONS, headers }));
		if (!read.ok || read.value.kind !== 'request') throw new Error('not a request');
		expect(readWishes(read.value)).toEqual({ echo: false, delay });
	});
});
