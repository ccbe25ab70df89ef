import { describe, expect, it } from 'vitest';
import { isAttackTool, isDoubtfulTool, userIn } from '../../src/registration/scanner.js';

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
		const before = performance.now();
		userIn('sip::'.repeat(13_000));
		expect(performance.now() - before).toBeLessThan(500);
	});
});
