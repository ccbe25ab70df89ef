/* Scanners are listed apart, and neither they nor their number touch the registrations. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/analysis/analyse.js';
import { SourceLog } from '../../src/analysis/source-log.js';
import { exitCode } from '../../src/report/exit-code.js';
import { toJsonDocument } from '../../src/report/json.js';
import { traceCapture } from '../../src/trace/trace-capture.js';
import { inChunks, pcapFile } from '../support/capture-bytes.js';
import { accepted, answered, challenged, credentials, request, sent } from '../support/exchange.js';
import { ipv4, REGISTER, udp } from '../support/packet-bytes.js';
import { analyseTranscript } from '../support/transcript.js';

const FIXTURES = join(import.meta.dirname, '../../fixtures/rules/scanner-traffic');
const RAW_IP = 101;
const fixture = (name: string) => readFileSync(join(FIXTURES, name), 'utf8');

const PHONE = sent(request(), 1) + accepted(request(), 1.1);

/** One REGISTER of a scanner and its refusal. */
function tried(user: string, at: number, userAgent = 'friendly-scanner'): string {
	const register = request({
		client: '198.51.100.66:5072',
		aor: `sip:${user}@example.com`,
		callId: `scan-${user}`,
		branch: `z9hG4bKscan${user}`,
		userAgent,
	});
	return sent(register, at) + answered(register, at + 0.01, { status: 404 });
}

describe('scanner traffic', () => {
	it.each([
		'fires-friendly-scanner.sip',
		'fires-name-after-name.sip',
		'fires-contact-at-the-server.sip',
		'fires-five-passwords-for-one-challenge.sip',
		'fires-forty-refusals-in-calls-of-their-own.sip',
		'fires-sipcli-for-three-names.sip',
	])('is no registration, and leaves the phone beside it one: %s', (name) => {
		const { registrations } = analyseTranscript(fixture(name));
		expect(registrations.map(({ aor, outcome }) => `${aor} ${outcome}`)).toEqual([
			'sip:2001@example.com registered',
		]);
	});

	it.each([
		['silent-thirty-phones-behind-one-nat.sip', 30],
		['silent-registrar-restart.sip', 30],
		['silent-trunk-with-twenty-five-lines.sip', 25],
		['silent-wrong-password-again-and-again.sip', 1],
		['silent-sipcli-with-one-name.sip', 2],
		['silent-behind-a-proxy.sip', 25],
	])('takes no registration away where there is none: %s', (name, count) => {
		expect(analyseTranscript(fixture(name)).registrations).toHaveLength(count);
	});

	it('is listed with its address, its tool, its names and the answers', () => {
		const analysis = analyseTranscript(PHONE + tried('100', 2) + tried('101', 3));
		const [scanner] = toJsonDocument(analysis, { name: 'sipdoctor', version: '0' }).scanners
			.sources;
		expect(scanner).toMatchObject({
			address: '198.51.100.66',
			userAgent: 'friendly-scanner',
			kind: 'tool',
			registers: 2,
			addressesOfRecord: 2,
			names: ['100', '101'],
			byStatus: { 404: 2 },
			firstFrame: 3,
			lastFrame: 5,
			acceptedFrame: null,
		});
	});

	it('points at the first frame of each source', () => {
		const { findings } = analyseTranscript(PHONE + tried('100', 2) + tried('101', 3));
		expect(findings.map(({ id, evidence }) => [id, evidence[0].frame])).toEqual([
			['scanner-traffic', 3],
		]);
	});

	it('is a risk: --fail-on risk fails, --fail-on fatal does not', () => {
		const analysis = analyseTranscript(PHONE + tried('100', 2));
		expect([exitCode(analysis, 'risk'), exitCode(analysis, 'fatal')]).toEqual([1, 0]);
	});

	it('of a tool from behind the NAT of a phone leaves the phone alone', () => {
		const phone = request({ client: '198.51.100.66:5060' });
		const analysis = analyseTranscript(sent(phone, 1) + accepted(phone, 1.1) + tried('100', 2));
		expect(analysis.registrations.map(({ outcome }) => outcome)).toEqual(['registered']);
		expect(analysis.findings.map(({ id }) => id)).toEqual(['scanner-traffic']);
	});

	it('that was accepted says so first among what is to be done', () => {
		const guess = request({
			...{ client: '198.51.100.66:5072', userAgent: 'friendly-scanner', cseq: 2 },
			headers: [credentials('n1')],
		});
		const analysis = analyseTranscript(PHONE + sent(guess, 2) + accepted(guess, 2.1));
		expect(analysis.findings[0]?.fix[0]?.what).toMatch(/change the password/);
		expect(analysis.findings[0]?.summary).toContain('The server accepted 1001 from 198.51.100.66');
	});

	it('is not what a phone does whose challenge is asked again and again', () => {
		const loop = Array.from({ length: 60 }, (_, index) => {
			const again = request({ cseq: index + 1, headers: [credentials(`n${index}`)] });
			return sent(again, index / 10) + challenged(again, index / 10 + 0.01, `n${index + 1}`);
		});
		const analysis = analyseTranscript(loop.join(''));
		expect(analysis.findings).toEqual([]);
		expect(analysis.registrations).toHaveLength(1);
	});
});

describe('a flood of scanner REGISTERs', () => {
	const COUNT = 40_000;

	/** REGISTER of a scanner for another name each, and every thousandth packet of one phone. */
	async function flooded(count: number) {
		const records = Array.from({ length: count }, (_, index) => {
			const isPhone = index % 1000 === 0;
			const text = REGISTER.replaceAll('z9hG4bK1', `z9hG4bK${index}`)
				.replace('CSeq: 1 ', `CSeq: ${index + 1} `)
				.replace(
					'Content-Length',
					`${isPhone ? 'X-Phone: 1' : 'User-Agent: sipvicious'}\r\nContent-Length`,
				);
			const named = isPhone
				? text
				: text
						.replaceAll('sip:1001@example', `sip:${index}@example`)
						.replace('Call-ID: 1@', `Call-ID: ${index}@`);
			return {
				seconds: 1_700_000_000 + Math.floor(index / 50),
				fraction: (index % 50) * 20_000,
				bytes: ipv4(udp(named), isPhone ? {} : { source: '198.51.100.66' }),
			};
		});
		const log = new SourceLog();
		const facts = await traceCapture(
			'a.pcap',
			inChunks(pcapFile({ linkType: RAW_IP, records }), 65_536),
			log,
		);
		return analyse({ source: log.finish(facts), accounts: [] });
	}

	it('pushes out no phone, and is counted to the last', async () => {
		const { registrations, omitted, scanners } = await flooded(COUNT);
		expect(registrations.map(({ aor }) => aor)).toEqual(['sip:1001@example.com']);
		expect(omitted).toEqual([]);
		expect(scanners.sources.map(({ registers }) => registers)).toEqual([COUNT - COUNT / 1000]);
	});
});
