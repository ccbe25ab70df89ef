import { describe, expect, it } from 'vitest';
import { toJsonDocument } from '../../src/report/json.js';
import {
	accepted,
	answered,
	challenged,
	credentials,
	type Request,
	request,
	sent,
} from '../support/exchange.js';
import { analyseTranscript } from '../support/transcript.js';

const register = request();
const verified = request({ cseq: 2, headers: [credentials('n')] });
const CHALLENGED = sent(register, 0) + challenged(register, 0.02, 'n');
const TOOL = { name: 'sipdoctor', version: '0.1.0' };

/** Of the one registration of a capture that lasts so many seconds. */
function openBecause(text: string, until = 60) {
	const document = toJsonDocument(analyseTranscript(`# until ${until}\n\n${text}`), TOOL);
	const [only] = [...document.registrations];
	return [only?.outcome, only?.openBecause?.kind];
}

/** A challenge that names a mechanism of RFC 3329. */
function challengedWith(register: Request, mechanism: string): string {
	const headers = [
		'WWW-Authenticate: Digest realm="example.com", nonce="n", algorithm=AKAv1-MD5',
		`Security-Server: ${mechanism}`,
	];
	return answered(register, 0.02, { status: 401, headers });
}

/** With nothing behind its start-line. */
function cut(text: string): string {
	const [place, startLine] = text.split('\n');
	return `${place} [cut]\n${startLine}\n\n`;
}

describe('why an outcome is not known', () => {
	it('is that the source ended', () => {
		expect(openBecause(sent(register, 0), 1)).toEqual(['open', 'source-ended']);
	});

	it('is the REGISTER that an answer shows', () => {
		const text = CHALLENGED + accepted(verified, 0.1);
		expect(openBecause(text)).toEqual(['open', 'request-not-captured']);
	});

	it('is the answer that a phone had which does not ask again', () => {
		expect(openBecause(CHALLENGED + sent(verified, 0.05))).toEqual(['open', 'answer-not-captured']);
	});

	it('is every answer, where the phone answers a challenge that is not there', () => {
		const text = sent(register, 0) + sent(verified, 0.05);
		expect(openBecause(text)).toEqual(['open', 'server-not-captured']);
	});

	it('is what the capture misses of a connection', () => {
		const tcp = request({ transport: 'TCP' });
		const missed = `+0.1 NOT-CAPTURED ${tcp.server} > ${tcp.client} [bytes=480]\n`;
		expect(openBecause(sent(tcp, 0) + missed)).toEqual(['open', 'bytes-not-captured']);
	});

	it('is what the snaplen cut', () => {
		const text = sent(register, 0) + cut(accepted(register, 0.1));
		expect(openBecause(text)).toEqual(['open', 'cut-by-snaplen']);
	});

	it.each([
		['IPsec', 'ipsec-3gpp; alg=hmac-md5-96; spi-c=1; spi-s=2; port-c=5062; port-s=5064'],
		['TLS', 'tls;q=0.2'],
	])('is %s, where both agree on it', (_name, mechanism) => {
		const agreed = request({ headers: [`Security-Client: digest, ${mechanism}`] });
		const text = sent(agreed, 0) + challengedWith(agreed, mechanism);
		expect(openBecause(text)).toEqual(['open', 'protected']);
	});

	it.each([
		['the phone offers none', 'Supported: path', 'ipsec-3gpp'],
		['the server takes another one', 'Security-Client: ipsec-3gpp', 'ipsec-ike, tls'],
		['it is no more than digest', 'Security-Client: digest, tls', 'digest'],
		[
			'they use it already',
			'Security-Client: ipsec-3gpp\r\nSecurity-Verify: ipsec-3gpp',
			'ipsec-3gpp',
		],
	])('is no mechanism where %s: then the challenge is not answered', (_why, offered, mechanism) => {
		const register = request({ headers: offered.split('\r\n') });
		const text = sent(register, 0) + challengedWith(register, mechanism);
		expect(openBecause(text)).toEqual(['challenged', undefined]);
	});

	it('is no TLS where they speak it already', () => {
		const register = request({ transport: 'WSS', headers: ['Security-Client: tls'] });
		const text = sent(register, 0) + challengedWith(register, 'tls');
		expect(openBecause(text)).toEqual(['challenged', undefined]);
	});

	it('is what a filter on ports left of a response', () => {
		const [place = '', ...lines] = accepted(register, 0.1).split('\n');
		const [at] = place.split(' ');
		const first = `${at} FRAGMENTS 203.0.113.5 > 192.168.1.10 [ports=5060>5060]\n${lines[0]}\n\n`;
		expect(openBecause(sent(register, 0) + first)).toEqual(['open', 'fragments-not-captured']);
	});

	it('is nothing where it is known', () => {
		expect(openBecause(sent(register, 0) + accepted(register, 0.1))).toEqual([
			'registered',
			undefined,
		]);
	});
});
