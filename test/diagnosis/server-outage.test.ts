/* Several phones that lose one server at one moment are told once. */
import { describe, expect, it } from 'vitest';
import { accepted, request, sent } from '../support/exchange.js';
import { analyseTranscript } from '../support/transcript.js';

function phone(number: number, cseq: number) {
	return request({
		cseq,
		client: `192.168.1.${number}:5060`,
		sentBy: `192.168.1.${number}:5060`,
		aor: `sip:10${number}@example.com`,
		callId: `call-${number}`,
		branch: `z9hG4bK${number}x${cseq}`,
		contact: `<sip:10${number}@192.168.1.${number}:5060>`,
	});
}

const works = (number: number, cseq: number, at: number) =>
	sent(phone(number, cseq), at) + accepted(phone(number, cseq), at + 0.02);

/** A refresh that is repeated until Timer F. */
const silent = (number: number, cseq: number, at: number) =>
	[0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]
		.map((after) => sent(phone(number, cseq), at + after))
		.join('');

/** In order of time, as a capture is. */
function capture(...events: readonly string[]): string {
	const blocks = events.flatMap((event) => event.split(/^(?=\+\d)/m));
	const inOrder = blocks.toSorted((a, b) => Number.parseFloat(a) - Number.parseFloat(b));
	return `# until 400\n\n${inOrder.join('')}`;
}

const THREE = [11, 12, 13];

describe('a server that goes down', () => {
	const down = THREE.flatMap((n, index) => [works(n, 1, index), silent(n, 2, 100 + index * 5)]);

	it('is one finding of the capture, beside the cause of each phone', () => {
		const { findings, registrations } = analyseTranscript(capture(...down));
		expect(registrations.map(({ cause }) => cause?.id)).toEqual(
			THREE.map(() => 'server-went-silent'),
		);
		expect(findings.map(({ id, attempt }) => `${id} ${attempt}`)).toEqual(['server-went-silent 0']);
		expect(findings[0]?.summary).toContain('3 phones lost 203.0.113.5:5060 at the same moment');
	});

	it('is called mended where all phones came back', () => {
		const back = THREE.map((n, index) => works(n, 3, 200 + index));
		const { findings, registrations } = analyseTranscript(capture(...down, ...back));
		expect(registrations.map(({ cause }) => cause?.id)).toEqual(THREE.map(() => undefined));
		expect(findings.map(({ mended }) => mended)).toEqual([true]);
	});

	it('twice is two findings', () => {
		const again = [21, 22, 23].flatMap((n, index) => [
			works(n, 1, 200 + index),
			silent(n, 2, 300 + index * 5),
		]);
		const { findings } = analyseTranscript(capture(...down, ...again));
		expect(findings.map(({ id }) => id)).toEqual(['server-went-silent', 'server-went-silent']);
	});

	it('is not said of two phones', () => {
		const two = [11, 12].flatMap((n) => [works(n, 1, n), silent(n, 2, 100 + n)]);
		expect(analyseTranscript(capture(...two)).findings).toEqual([]);
	});

	it('is not said where another phone is answered meanwhile', () => {
		const { findings } = analyseTranscript(capture(...down, works(14, 1, 120)));
		expect(findings).toEqual([]);
	});

	it('is not said where they fell silent one after the other', () => {
		const one = THREE.flatMap((n, index) => [
			works(n, 1, index),
			works(n, 2, 90 + index * 60),
			silent(n, 3, 100 + index * 60),
		]);
		expect(analyseTranscript(capture(...one)).findings).toEqual([]);
	});
});
