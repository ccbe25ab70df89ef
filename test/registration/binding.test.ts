/* RFC 3261 §10.3 step 8: which of the Contacts in a 200 is the phone's own. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
	boundFor,
	type GrantedBinding,
	ownBinding,
	plainGrant,
} from '../../src/registration/binding.js';
import { purposeOf } from '../../src/registration/register-request.js';
import { accepted, request, sent } from '../support/exchange.js';
import { clientTransactionsIn } from '../support/transcript.js';

function bindingOf(contact: string, ...listed: readonly string[]): GrantedBinding | undefined {
	const register = request({ contact });
	const [transaction] = clientTransactionsIn(sent(register, 0) + accepted(register, 0.1, listed));
	if (transaction?.final === undefined) throw new Error('no answer');
	return ownBinding(transaction.request.message, transaction.final.message);
}

const OWN = '<sip:1001@192.168.1.10:5060>';

describe('the own Contact', () => {
	it('is the one with the same URI', () => {
		expect(bindingOf(OWN, `${OWN};expires=60`)?.expires).toBe(60);
	});

	it('is the one with the same URI where the default port is left out', () => {
		expect(bindingOf(OWN, '<sip:1001@192.168.1.10>;expires=60')?.expires).toBe(60);
	});

	it('is the one with the same instance before one with the same user', () => {
		const own = '<sip:1001@192.168.1.10>;+sip.instance="<urn:uuid:a>"';
		const listed = [
			'<sip:1001@198.51.100.9>;expires=900',
			'<sip:1001@198.51.100.7:41022>;+sip.instance="<urn:uuid:a>";expires=60',
		];
		expect(bindingOf(own, ...listed)?.expires).toBe(60);
	});

	it('is the one with the same user where the registrar changed the host', () => {
		expect(bindingOf(OWN, '<sip:1001@198.51.100.7:41022>;expires=60')?.expires).toBe(60);
	});

	it('is the newest one of several with the same user', () => {
		const listed = ['<sip:1001@198.51.100.7:1>;expires=9', '<sip:1001@198.51.100.7:2>;expires=60'];
		expect(bindingOf(OWN, ...listed)?.expires).toBe(60);
	});

	it('is not that of another user', () => {
		expect(bindingOf(OWN, '<sip:2002@192.168.1.77>;expires=60')).toBeUndefined();
	});

	it('is not another instance of the same user', () => {
		const own = '<sip:1001@192.168.1.10>;+sip.instance="<urn:uuid:a>"';
		expect(
			bindingOf(own, '<sip:1001@192.168.1.77>;+sip.instance="<urn:uuid:b>";expires=60'),
		).toBeUndefined();
	});
});

describe('the time for which a phone is bound', () => {
	const contact = fc
		.tuple(
			fc.constantFrom('<sip:1001@192.168.1.10:5060', '<sip:1001@192.168.1.10', '<sip:7@192.0.2.1'),
			fc.constantFrom('>', ';transport=tcp>'),
			fc.constantFrom('', ';expires=60', ';expires=0', ';q=0.5;expires=90', ';expires=x'),
		)
		.map((parts) => parts.join(''));

	it('is that of the own Contact, also where it is read from the text', () => {
		fc.assert(
			fc.property(contact, fc.array(contact, { maxLength: 2 }), (asked, listed) => {
				const register = request({ contact: asked });
				const text = sent(register, 0) + accepted(register, 0.1, listed);
				const [transaction] = clientTransactionsIn(text);
				if (transaction?.final === undefined) throw new Error('no answer');
				const [sentThen, answer] = [transaction.request.message, transaction.final.message];
				expect(boundFor(sentThen, answer)).toBe(ownBinding(sentThen, answer)?.expires);
			}),
		);
	});

	const expires = fc.constantFrom('0', '00', '60', '', 'x', '-1', '0x0', '99999999999');

	it('is read from the text only where a binding was asked for and granted', () => {
		let read = 0;
		fc.assert(
			fc.property(
				contact,
				expires,
				fc.nat({ max: 2 }),
				fc.boolean(),
				contact,
				(asked, header, seconds, isOwn, other) => {
					const listed = isOwn ? `${asked.replace(/>.*/, '>')};expires=${seconds}` : other;
					const register = request({ contact: asked });
					const field = header === '' ? 'X: y' : `Expires: ${header}`;
					const asks = sent(register, 0).replace(/Expires: .*/, field);
					const text = asks + accepted(register, 0.1, [listed]);
					const [transaction] = clientTransactionsIn(text);
					if (transaction?.final === undefined) throw new Error('no answer');
					const [sentThen, answer] = [transaction.request.message, transaction.final.message];
					const granted = plainGrant(sentThen, answer);
					if (granted === undefined) return;
					read += 1;
					expect(purposeOf(sentThen)).toBe('bind');
					expect(granted).toBe(ownBinding(sentThen, answer)?.expires);
					expect(granted).not.toBe(0);
				},
			),
			{ numRuns: 300 },
		);
		expect(read).toBeGreaterThan(0);
	});
});
