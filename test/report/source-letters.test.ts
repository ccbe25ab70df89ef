import { describe, expect, it } from 'vitest';
import { makeClock } from '../../src/report/report-clock.js';
import { renderTerminal } from '../../src/report/terminal.js';
import { analysis, finding, registration, source } from './analysis-builder.js';

const PHONE = '/home/support/tickets/2026-11-21/customer-4711/phone-side.pcap';
const SERVER = '/home/support/tickets/2026-11-21/customer-4711/server-side.pcap';
const clock = makeClock([source({ name: PHONE }), source({ name: SERVER })]);

describe('the names of several captures', () => {
	it('are letters in sentences', () => {
		expect(clock.lettered(`It left ${PHONE}, and never came to ${SERVER}.`)).toBe(
			'It left A, and never came to B.',
		);
	});

	it('stay as they are where they are part of a longer one', () => {
		const files = makeClock([source({ name: 'a.pcap' }), source({ name: 'x/a.pcap' })]);
		expect(files.lettered('a.pcap, x/a.pcap and y/a.pcap')).toBe('A, B and y/a.pcap');
	});

	it('stay as they are where they are words of any sentence', () => {
		const files = makeClock([source({ name: '-' }), source({ name: 'phone' })]);
		expect(files.lettered('the phone - and no other')).toBe('the phone - and no other');
	});

	it('stay as they are where there is one', () => {
		expect(makeClock([source({ name: PHONE })]).lettered(PHONE)).toBe(PHONE);
	});

	it('keep sentences within a narrow terminal', () => {
		const summary = `Between ${PHONE} and ${SERVER} the REGISTER is lost: 11 copies left, none arrived.`;
		const text = renderTerminal(
			analysis({
				sources: [source({ name: PHONE }), source({ name: SERVER })],
				registrations: [registration({ cause: finding({ summary }) })],
			}),
			{ columns: 60, colour: false },
		);
		const told = text.split('\n').filter((line) => /Between|lost|arrived/.test(line));
		expect(told.join(' ')).toContain('Between A and B');
		expect(told.every((line) => line.length <= 60)).toBe(true);
	});
});
