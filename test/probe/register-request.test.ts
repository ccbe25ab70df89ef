import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newIdentity } from '../../src/probe/identity.js';
import { type Purpose, registerRequest } from '../../src/probe/register-request.js';
import { readTarget } from '../../src/probe/target.js';
import type { SipTransport } from '../../src/probe/transport.js';
import { headerValues } from '../../src/sip/header-fields.js';
import { parseDatagram } from '../../src/sip/parse-message.js';

const TRANSPORT: SipTransport = {
	name: 'udp',
	local: { address: '2001:db8::5', port: 40_000 },
	remote: { address: '2001:db8::1', port: 5060 },
	usable: true,
	send: () => undefined,
	close: () => Promise.resolve(),
};
const IDENTITY = newIdentity(
	{
		target: readTarget('1001@example.com', undefined),
		transport: TRANSPORT,
		userAgent: 'test',
		token: (bytes) => 'ab'.repeat(bytes),
	},
	undefined,
);

function fields(purpose: Purpose, cseq = 1): Record<string, readonly string[]> {
	const bytes = registerRequest({
		identity: IDENTITY,
		purpose,
		cseq,
		branch: 'z9hG4bKx',
		transport: 'udp',
		local: TRANSPORT.local,
		credentials: [],
	});
	const parsed = parseDatagram(bytes);
	if (!parsed.ok) throw new Error('the REGISTER cannot be read');
	expect(parsed.value.defects).toEqual([]);
	const ids = new Set(parsed.value.headers.map(({ id }) => id));
	return Object.fromEntries([...ids].map((id) => [id, headerValues(parsed.value, id)]));
}

describe('a REGISTER of the probe', () => {
	it('asks for the bindings without a Contact', () => {
		expect(fields({ kind: 'query' })).not.toHaveProperty('contact');
		expect(fields({ kind: 'query' })).not.toHaveProperty('expires');
	});

	it('binds one Contact, an IPv6 address in brackets', () => {
		const { contact, expires } = fields({ kind: 'bind', expires: 60 });
		expect(contact).toEqual([
			'<sip:1001@[2001:db8::5]:40000>;+sip.instance="<urn:uuid:abababab-abab-4bab-abab-abababababab>"',
		]);
		expect(expires).toEqual(['60']);
	});

	it('removes the very same Contact', () => {
		const { contact: bound } = fields({ kind: 'bind', expires: 60 });
		const { contact } = fields({ kind: 'remove' });
		expect(contact).toEqual([`${bound?.[0]};expires=0`]);
	});

	it('asks for rport', () => {
		expect(fields({ kind: 'query' })['via']).toEqual([
			'SIP/2.0/UDP [2001:db8::5]:40000;branch=z9hG4bKx;rport',
		]);
	});

	it('is well-formed for any CSeq and expiry', () => {
		fc.assert(
			fc.property(fc.nat(), fc.nat(), (cseq, expires) => {
				const read = fields({ kind: 'bind', expires }, cseq);
				expect(read['cseq']).toEqual([`${cseq} REGISTER`]);
				expect(read['expires']).toEqual([String(expires)]);
			}),
		);
	});
});
