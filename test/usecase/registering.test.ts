import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RegisteringSources, registeringFrom } from '../../src/usecase/registering.js';
import { UsageError } from '../../src/usecase/usage-error.js';

function wishes(more: Partial<RegisteringSources> = {}) {
	return registeringFrom({
		...{ query: false, unregister: false, keep: false },
		...{ displayName: undefined, contact: undefined, instance: undefined, regId: undefined },
		...{ headers: [], akaKey: undefined, akaSqn: undefined },
		...{ bearerToken: undefined, bearerOverCleartext: false },
		...more,
	});
}

describe('what is wished of a REGISTER', () => {
	it('is by default a registration with an OPTIONS beside it', () => {
		expect(wishes()).toMatchObject({ mode: 'register', keep: false, optionsFirst: true });
	});

	it('is a query with --query, and with a Contact of none', () => {
		expect(wishes({ query: true }).mode).toBe('query');
		expect(wishes({ contact: 'none' })).toMatchObject({ mode: 'query', contact: undefined });
	});

	it.each([
		{ query: true, keep: true },
		{ unregister: true, keep: true },
		{ contact: 'none', unregister: true },
	])('cannot be %j', (both) => {
		expect(() => wishes(both)).toThrow(/exclude/);
	});

	it('takes header fields as "Name: value"', () => {
		const { headers } = wishes({ headers: ['X-Site: Vienna', 'P-Early:x:y'] });
		expect(headers).toEqual([
			['X-Site', 'Vienna'],
			['P-Early', 'x:y'],
		]);
	});

	it.each(['Via', 'v', 'CSEQ', 'Call-ID', 'i', 'From', 'f', 'To', 't', 'Content-Length', 'l'])(
		'refuses %s, which the probe owns',
		(name) => {
			expect(() => wishes({ headers: [`${name}: x`] })).toThrow(/is not for you/);
		},
	);

	it.each(['Authorization', 'Proxy-Authorization', 'Contact', 'm', 'User-Agent', 'Expires'])(
		'refuses %s, which has a flag or a reason of its own',
		(name) => {
			expect(() => wishes({ headers: [`${name}: x`] })).toThrow(/is not for you/);
		},
	);

	it.each(['X: a\r\nVia: b', 'X: a\nb', 'X: a\u0000b', 'X', ': x', 'X Y: z', '\r\nX: y'])(
		'refuses %j, which is no single header field',
		(line) => {
			expect(() => wishes({ headers: [line] })).toThrow(UsageError);
		},
	);

	it('never lets a line break through, whatever is given', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), (line) => {
				try {
					const [name, value] = wishes({ headers: [line] }).headers[0] ?? [];
					expect(`${name}${value}`).not.toMatch(/[\r\n\0]/);
				} catch (error) {
					expect(error).toBeInstanceOf(UsageError);
				}
			}),
		);
	});

	it('takes a token, and names none that it refuses', () => {
		expect(wishes({ bearerToken: ' abc.DEF== ' }).bearer).toEqual({
			token: 'abc.DEF==',
			overCleartext: false,
		});
		expect(() => wishes({ bearerToken: 'se cret' })).toThrow(/^(?!.*se cret)/);
	});

	it('takes an SQN of 12 hex digits, and only with a key', () => {
		const akaKey = { k: new Uint8Array(16), opc: new Uint8Array(16) };
		expect(wishes({ akaKey, akaSqn: '00000000002a' }).sim?.sqn?.at(-1)).toBe(42);
		expect(() => wishes({ akaKey, akaSqn: '2a' })).toThrow(/12 hex digits/);
		expect(() => wishes({ akaSqn: '00000000002a' })).toThrow(/without --aka-k/);
	});
});
