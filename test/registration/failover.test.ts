import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { toJsonDocument } from '../../src/report/json.js';
import { renderTerminal } from '../../src/report/terminal.js';
import { analyseTranscript, analyseTranscriptFile } from '../support/transcript.js';

const FIXTURES = join(import.meta.dirname, '../../fixtures');
const PHONE = '192.168.1.10:40000';
const FIRST = '203.0.113.5:5060';
const SECOND = '203.0.113.6:5061';

type Analysis = ReturnType<typeof analyseTranscript>;

function head(branch: string, cseq: number): string {
	return [
		`Via: SIP/2.0/UDP ${PHONE};branch=z9hG4bK${branch};rport`,
		'From: <sip:1001@example.com>;tag=49583',
		'To: <sip:1001@example.com>',
		'Call-ID: f1@192.168.1.10',
		`CSeq: ${cseq} REGISTER`,
		'Contact: <sip:1001@192.168.1.10:40000>;expires=60',
		'Content-Length: 0',
		'',
	].join('\n');
}

function register(at: string, to: string, branch: string, cseq: number, over = 'UDP'): string {
	const line = `+${at} ${over} ${PHONE} > ${to}`;
	return `${line}\nREGISTER sip:example.com SIP/2.0\nMax-Forwards: 70\n${head(branch, cseq)}\n`;
}

function answer(
	at: string,
	{ from, branch, cseq, status = '200 OK', over = 'UDP' }: Record<string, string | undefined>,
): string {
	return `+${at} ${over} ${from} > ${PHONE}\nSIP/2.0 ${status}\n${head(branch ?? '', Number(cseq))}\n`;
}

const SET_OUT = '+0.000 PROBE sip:1001@example.com UDP example.com:5060\n\n';
/** Silent for 4 s, then the next one registers: one attempt, as no timer F ran out. */
const AFTER_SILENCE = [
	'# until 10\n\n',
	SET_OUT,
	register('0.100', FIRST, 'a', 1),
	register('4.100', SECOND, 'b', 2),
	answer('4.120', { from: SECOND, branch: 'b', cseq: '2' }),
].join('');

function registration(analysis: Analysis) {
	const [first] = toJsonDocument(analysis, { name: 'sipdoctor', version: '0' }).registrations;
	if (first === undefined) throw new Error('no registration');
	return first;
}

function told(analysis: Analysis): string {
	return renderTerminal(analysis, { columns: 120, colour: false }).replaceAll(/\s+/g, ' ');
}

describe('a registration that another server than the first gave', () => {
	it('names as its target what was asked first, and the server that registered beside it', () => {
		const { target, failover, outcome } = registration(analyseTranscript(AFTER_SILENCE));
		expect(outcome).toBe('registered');
		expect(target).toEqual({ host: 'example.com', port: 5060, transport: 'udp' });
		expect(failover).toEqual({
			from: { server: FIRST, transport: 'udp' },
			to: { server: SECOND, transport: 'udp' },
		});
	});

	it('has the silent server on no path', () => {
		const { path } = registration(analyseTranscript(AFTER_SILENCE));
		expect(path.map(({ server }) => server)).toEqual([SECOND]);
	});

	it('says in words which server it was', () => {
		expect(told(analyseTranscript(AFTER_SILENCE))).toContain(
			`registered for 60 s at ${SECOND} over UDP, after ${FIRST} over UDP had failed`,
		);
	});

	it('names a server that refused the connection, though no REGISTER went there', () => {
		const text = [
			'# until 2\n\n',
			'+0.000 PROBE sip:1001@example.com TLS example.com:5061\n\n',
			'+0.050 CONNECT refused TCP 192.168.1.10:40001 > 203.0.113.5:5062\n\n',
			register('0.100', SECOND, 'b', 1, 'TCP'),
			answer('0.120', { from: SECOND, branch: 'b', cseq: '1', over: 'TCP' }),
		].join('');
		const { target, failover } = registration(analyseTranscript(text));
		expect(target).toMatchObject({ port: 5062, transport: 'tcp' });
		expect(failover?.from.server).toBe('203.0.113.5:5062');
		expect(failover?.to.server).toBe(SECOND);
	});

	it('is told of a phone as well', () => {
		const analysis = analyseTranscriptFile(join(FIXTURES, 'healthy/failover-after-icmp.sip'));
		expect(registration(analysis).failover).toMatchObject({
			from: { server: '203.0.113.5:5060' },
			to: { server: '203.0.113.6:5060' },
		});
	});

	it('is none where the first server answered, and another one answered the credentials', () => {
		const text = [
			'# until 10\n\n',
			register('0.100', FIRST, 'a', 1),
			answer('0.120', { from: FIRST, branch: 'a', cseq: '1', status: '423 Interval Too Brief' }),
			register('0.200', SECOND, 'b', 2),
			answer('0.220', { from: SECOND, branch: 'b', cseq: '2' }),
		].join('');
		expect(registration(analyseTranscript(text)).failover).toBeNull();
	});

	it('is none where the first server is asked again', () => {
		const text = [
			'# until 50\n\n',
			register('0.100', FIRST, 'a', 1),
			register('40.100', FIRST, 'b', 2),
			answer('40.120', { from: FIRST, branch: 'b', cseq: '2' }),
		].join('');
		expect(registration(analyseTranscript(text)).failover).toBeNull();
	});
});
