/*
 * Captures of an attacker, a scanner or a phone that hammers: thousands of REGISTERs that are alike in what they are put
 * together by. The work they make must grow with their number and not with its square.
 */
import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/analysis/analyse.js';
import { SourceLog } from '../../src/analysis/source-log.js';
import { toJsonDocument } from '../../src/report/json.js';
import { renderTerminal } from '../../src/report/terminal.js';
import { traceCapture } from '../../src/trace/trace-capture.js';
import { inChunks, pcapFile } from '../support/capture-bytes.js';
import { bytesOf, ipv4, PHONE, REGISTER, SERVER, TRYING, udp } from '../support/packet-bytes.js';
import { countSteps } from '../support/steps.js';

const RAW_IP = 101;
const COUNT = 6000;
/** Of the steps a packet with an eighth of the packets; what is quadratic takes eight times as many. */
const MAX_GROWTH = 2;

const CHALLENGE = TRYING.replace('100 Trying', '401 Unauthorized');

/** The message with its own Call-ID and branch, as a phone that was started anew. */
function restarted(text: string, call: number): string {
	return text.replaceAll('z9hG4bK1', `z9hG4bK${call}`).replace('Call-ID: 1@', `Call-ID: ${call}@`);
}

function numbered(text: string, cseq: number): string {
	return text.replaceAll('z9hG4bK1', `z9hG4bK${cseq}`).replace('CSeq: 1 ', `CSeq: ${cseq} `);
}

function anonymous(text: string): string {
	return text.replace(/;branch=z9hG4bK1/, '').replace(/Call-ID: .*\r\n/, '');
}

function toServer(text: string, sourcePort = 5060): Buffer {
	return ipv4(udp(text, { sourcePort }));
}

function toPhone(text: string, destinationPort = 5060): Buffer {
	const hop = { source: SERVER, destination: PHONE };
	return ipv4(udp(text, { ...hop, destinationPort }), hop);
}

function challenge(text: string, nonce: number): string {
	const header = `WWW-Authenticate: Digest realm="example.com", nonce="n${nonce}"\r\n`;
	return text.replace('Content-Length', `${header}Content-Length`);
}

function refused(quoted: Uint8Array): Buffer {
	const error = bytesOf([3, 3, 0, 0, 0, 0, 0, 0], quoted);
	return ipv4(error, { protocol: 1, source: SERVER, destination: PHONE });
}

/** Packet number `index` of each kind of capture. */
const CAPTURES: Readonly<Record<string, (index: number) => Buffer>> = {
	'with another Call-ID each': (index) => toServer(restarted(REGISTER, index)),
	'with another Call-ID each, all challenged': (index) =>
		index % 2 === 0
			? toServer(restarted(REGISTER, index))
			: toPhone(challenge(restarted(CHALLENGE, index - 1), index)),
	'of one phone that never stops': (index) => toServer(numbered(REGISTER, index)),
	'without Call-ID and branch, from many ports, all answered': (index) =>
		index % 2 === 0
			? toServer(anonymous(REGISTER), 1024 + index)
			: toPhone(anonymous(CHALLENGE), 1023 + index),
	'each with an ICMP error': (index) =>
		index % 2 === 0
			? toServer(numbered(REGISTER, index))
			: refused(toServer(numbered(REGISTER, index - 1))),
	'among as many requests to the phones': (index) =>
		index % 2 === 0
			? toServer(restarted(REGISTER, index).replaceAll('sip:1001@example', `sip:${index}@example`))
			: toPhone(restarted(REGISTER, index).replaceAll('REGISTER', 'OPTIONS')),
};

const stepsSinceLast = countSteps();

async function stepsPerPacket(packet: (index: number) => Buffer, count: number): Promise<number> {
	const records = Array.from({ length: count }, (_, index) => ({
		seconds: 1_700_000_000 + Math.floor(index / 1000),
		fraction: (index % 1000) * 1000,
		bytes: packet(index),
	}));
	const file = pcapFile({ linkType: RAW_IP, records });
	stepsSinceLast();
	const log = new SourceLog();
	const facts = await traceCapture('a.pcap', inChunks(file, 65_536), log);
	const analysis = analyse({ source: log.finish(facts), accounts: [] });
	renderTerminal(analysis, { columns: 100, colour: false, detail: 'all', fullLadder: true });
	toJsonDocument(analysis, { name: 'sipdoctor', version: '0.0.0' });
	expect(facts.packets).toBe(count);
	expect(analysis.registrations.length).toBeGreaterThan(0);
	return stepsSinceLast() / count;
}

describe('thousands of REGISTERs', () => {
	it.each(Object.entries(CAPTURES))(
		'%s make work by their number, not by its square',
		async (_, packet) => {
			const few = await stepsPerPacket(packet, COUNT / 8);
			const many = await stepsPerPacket(packet, COUNT);
			expect(many / few).toBeLessThan(MAX_GROWTH);
		},
	);
});
