import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { toJsonDocument } from '../../src/report/json.js';
import { renderTerminal } from '../../src/report/terminal.js';
import { analyseTranscriptFile } from '../support/transcript.js';

const FIXTURES = join(import.meta.dirname, '../../fixtures');

/** The report in one line of words, so that no line break matters. */
function told(fixture: string, columns = 120): string {
	const analysis = analyseTranscriptFile(join(FIXTURES, fixture));
	return renderTerminal(analysis, { columns, colour: false }).replaceAll(/\s+/g, ' ');
}

describe('the way through an SBC or proxy', () => {
	it('names phone, SBC and registrar', () => {
		expect(told('healthy/sbc-with-an-account-of-its-own.sip')).toContain(
			'path phone 198.51.100.7 → SBC or proxy 203.0.113.5 → registrar 198.51.100.200',
		);
	});

	it('says what an SBC with an account of its own changed, and for how long it grants', () => {
		const text = told('healthy/sbc-with-an-account-of-its-own.sip');
		expect(text).toContain('Call-ID of its own; credentials of its own (user "trunk7")');
		expect(text).toContain(
			'Contact sip:1001@192.168.1.10:5060 became sip:1001-a1@203.0.113.5:5070',
		);
		expect(text).toContain('grants the phone 60 s of the 3600 s that it got');
	});

	it('says so of the latest REGISTER that went all the way, where the SBC answers refreshes itself', () => {
		const text = told('healthy/sbc-both-legs.sip');
		expect(text).toContain('path phone 198.51.100.7 → SBC or proxy 203.0.113.5');
		expect(text).not.toContain('elsewhere');
	});

	it('shows a Path that a proxy added', () => {
		expect(told('healthy/proxy-both-legs.sip')).toContain('Path <sip:203.0.113.5;lr> added');
	});

	it('says that credentials were kept back', () => {
		const fixture = 'rules/credentials-altered-in-transit/fires-stripped-by-an-sbc-as-cause.sip';
		expect(told(fixture)).toContain('203.0.113.10: credentials of the phone kept');
	});

	it('stands in the JSON report, server by server', () => {
		const analysis = analyseTranscriptFile(
			join(FIXTURES, 'healthy/sbc-with-an-account-of-its-own.sip'),
		);
		const [first] = toJsonDocument(analysis, { name: 't', version: '0' }).registrations;
		expect(first?.passedOn).toHaveLength(1);
		expect(first?.passedOn[0]).toMatchObject({ to: expect.stringContaining('198.51.100.200') });
		expect(first?.passedOn[0]?.by).toContain('203.0.113.5');
		expect(first?.passedOn[0]?.changes).toContain('Call-ID of its own');
	});

	it('is empty in the JSON report where the phone talks to the registrar itself', () => {
		const analysis = analyseTranscriptFile(join(FIXTURES, 'healthy/nat-both-sides.sip'));
		const document = toJsonDocument(analysis, { name: 't', version: '0' });
		expect(document.registrations.map(({ passedOn }) => passedOn)).toEqual([[]]);
	});

	it('is not told of a NAT, of a port forwarding, or of a phone that tries the next server', () => {
		for (const name of ['nat-both-sides', 'server-behind-a-port-forwarding', 'failover-after-icmp'])
			expect(told(`healthy/${name}.sip`), name).not.toMatch(/ path phone /);
	});

	it('fits 80 columns', () => {
		const fixture = join(FIXTURES, 'healthy/sbc-with-an-account-of-its-own-at-three-places.sip');
		const text = renderTerminal(analyseTranscriptFile(fixture), { columns: 80, colour: false });
		expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
	});
});
