import { describe, expect, it } from 'vitest';
import { isAttackTool, isDoubtfulTool, userIn } from '../../src/registration/scanner.js';
import { growth, LINEAR } from '../support/growth.js';

describe('what is read of a REGISTER to know a scanner', () => {
	it.each(['friendly-scanner', 'sipvicious', 'pplsip', 'sundayddr', 'sip-scan'])(
		'is its name: %s',
		(name) => {
			expect(isAttackTool(name)).toBe(true);
		},
	);

	it.each(['sipcli/v1.8', 'VaxSIPUserAgent/3.1'])('is a name that proves nothing: %s', (name) => {
		expect([isAttackTool(name), isDoubtfulTool(name)]).toEqual([false, true]);
	});

	it('is nothing of the name of a phone', () => {
		const names = ['Yealink SIP-T46S 66.85.0.5', 'Linphone/5', 'PolycomVVX-VVX_411', undefined];
		expect(names.filter((name) => isAttackTool(name) || isDoubtfulTool(name))).toEqual([]);
	});

	it('is the user that it asks for', () => {
		expect(userIn('"100" <sip:100@192.0.2.5>')).toBe('100');
	});

	it('takes no time that grows with the square of what was written to be slow', () => {
		const read = (size: number): void => {
			const slow = 'sip::'.repeat(13 * size);
			for (let often = 0; often < 100; often += 1) userIn(slow);
		};
		// Eight times this is as long as what is read may be, 64 kB.
		expect(growth(read, 125)).toBeLessThan(LINEAR);
	});
});
