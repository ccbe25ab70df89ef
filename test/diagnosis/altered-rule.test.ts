import { describe, expect, it } from 'vitest';
import { ruleOfAlteration } from '../../src/diagnosis/altered-rule.js';
import { findRule } from '../../src/diagnosis/catalogue.js';
import { hypothesesOf, writtenInputs } from '../../src/digest/search/hypotheses.js';
import { LatestIdentities } from '../../src/digest/search/identity-candidates.js';
import { typingSlips } from '../../src/digest/search/typing-slips.js';
import { planted } from '../digest/search/planted.js';

const NAMES = {
	usernames: [{ value: '201', from: 'the user of To' }],
	realms: [{ value: 'old.example.com', from: 'a challenge' }],
	domains: [{ value: '203.0.113.5', from: 'the address of the server' }],
};

describe('the diagnosis of an alteration', () => {
	it.each(['MD5', 'MD5-sess', 'SHA-256'])('exists for each that is searched: %s', (algorithm) => {
		const seen = { nonces: ['n0'], uris: [{ value: 'sip:pbx', from: 'the Request-URI' }] };
		for (const qop of ['auth', undefined]) {
			const secret = { kind: 'password', password: 'S3cret; "pä&ss" w%20rd' } as const;
			const written = writtenInputs(planted({}, { algorithm, qop }, seen), secret);
			if (written === undefined) throw new Error('not searchable');
			const { identities, remainders, hashForms } = hypothesesOf(
				written,
				secret,
				NAMES,
				new LatestIdentities(),
			);
			const { families } = identities.altered;
			const forms = [...families.flat(), ...remainders.families.flat(), ...hashForms];
			expect(forms.length).toBeGreaterThan(100);
			const slips = [...typingSlips('s3cret')].map(({ alteration }) => alteration);
			for (const form of [...forms, ...slips])
				expect(findRule(ruleOfAlteration(form, 'sip.example.com')), form.name).toBeDefined();
		}
	});

	it.each([
		['SIP.example.com', 'realm-case-mismatch'],
		['asterisk', 'realm-mismatch'],
	])('is another one where only the case of the realm differs: %s', (hashed, rule) => {
		const alteration = { family: 'realm', name: 'another-realm', words: '', hashed } as const;
		expect(ruleOfAlteration(alteration, 'sip.example.com')).toBe(rule);
	});
});
