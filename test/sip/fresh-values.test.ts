/* Where the values lie that are made anew: what is left of a message without them is its skeleton. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { freshValuesIn } from '../../src/sip/fresh-values.js';
import { skeletonOf } from '../../src/sip/skeleton.js';

const REGISTER = [
	'REGISTER sip:example.com SIP/2.0',
	'Via: SIP/2.0/UDP 192.168.1.10:5060;branch=z9hG4bKa001;rport',
	'From: <sip:1001@example.com>;tag=49583',
	'i: f81d4fae@192.168.1.10',
	'CSeq: 1 REGISTER',
	'Date: Sat, 13 Nov 2010 23:29:00 GMT',
	'Authorization: Digest username="1001", nonce="c2a1",response="d5be", nc=00000001',
	'',
	'',
].join('\r\n');

const PIECES = [
	...[
		'REGISTER sip:example.com SIP/2.0',
		'Via: x',
		';branch=',
		'z9hG4bK1',
		';tag=',
		'nonce="',
		'"',
		'a1,',
	],
	...[
		', nonce="c2"',
		' cnonce=',
		'nc=1',
		' nc=00000002',
		';opaque=""',
		'response="',
		' response=ab',
	],
	...[
		'\r\n',
		'\n',
		'Call-ID: 1',
		'\ni:2',
		'\nCSeq: 1 REGISTER',
		'date',
		'\nDate:',
		'\nTimestamp: 5',
		':',
		' ',
		'>',
	],
];

/** The text with another value in place of each. */
function withOthers(text: string): string {
	let result = '';
	let at = 0;
	for (const { start, end } of freshValuesIn(text)) {
		result += `${text.slice(at, start)}other`;
		at = end;
	}
	return result + text.slice(at);
}

describe('the values of a message that are made anew', () => {
	it('are found in their order, with what each ends at', () => {
		expect(
			freshValuesIn(REGISTER).map(({ kind, start, end, ends }) => [
				kind,
				REGISTER.slice(start, end),
				ends,
			]),
		).toEqual([
			['branch', 'z9hG4bKa001', 'separator'],
			['tag', '49583', 'separator'],
			['call-id', ' f81d4fae@192.168.1.10\r', 'line'],
			['cseq', ' 1 REGISTER\r', 'line'],
			['date', ' Sat, 13 Nov 2010 23:29:00 GMT\r', 'line'],
			['nonce', 'c2a1', 'quote'],
			['response', 'd5be', 'quote'],
			['nc', '00000001', 'separator'],
		]);
	});

	it('are all that the skeleton leaves out, in any text', () => {
		fc.assert(
			fc.property(fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }), (pieces) => {
				const text = pieces.join('');
				expect(skeletonOf(withOthers(text))).toBe(skeletonOf(text));
			}),
			{ numRuns: 2_000 },
		);
	});
});
