import { describe, expect, it } from 'vitest';
import { verifyCertificate } from '../../../src/probe/secure/verify-certificate.js';

function verify(names: readonly string[], accepted: readonly string[], chainError?: string) {
	const hasAddress = (address: string): boolean => address === '192.0.2.1';
	const hasName = (name: string): boolean => name === 'hundredth.example';
	return verifyCertificate({ chainError, names, hasName, hasAddress }, accepted);
}

describe('a certificate for a SIP domain', () => {
	it.each([
		['its dNSName', ['example.com'], 'example.com'],
		['its dNSName in another case, with the dot of the root', ['EXAMPLE.com.'], 'example.com'],
		['a SIP URI', ['sip:example.com'], 'example.com'],
		['a SIPS URI with a port', ['sips:example.com:5061'], 'example.com'],
		['one of several', ['a.example', 'example.com'], 'example.com'],
	])('is good by %s', (_name, names, domain) => {
		expect(verify(names, [domain])).toEqual({ kind: 'verified', name: domain });
	});

	it.each([
		['another host of the domain', ['sip.example.com']],
		['the parent domain', ['com']],
		['a wildcard (RFC 5922 §7.2)', ['*.com']],
		['a SIP URI with a user, which is somebody and no domain', ['sip:alice@example.com']],
		['a URI of another scheme', ['https://example.com']],
		['no name at all', []],
	])('is not good by %s', (_name, names) => {
		expect(verify(names, ['example.com'])).toMatchObject({
			kind: 'refused',
			why: { reason: 'name' },
		});
	});

	it('is good by a name that stands behind a hundred others', () => {
		expect(verify(['a.example'], ['hundredth.example'])).toMatchObject({ kind: 'verified' });
	});

	it('says that a wildcard does not count', () => {
		const verified = verify(['*.example.com'], ['sip.example.com']);
		expect(verified.kind === 'refused' && verified.why.text).toMatch(/wildcard does not count/);
	});

	it('is good for either of proxy and domain, and says for which', () => {
		expect(verify(['example.com'], ['sbc.example.net', 'example.com'])).toEqual({
			kind: 'verified',
			name: 'example.com',
		});
	});

	it('is good for an address that it names as one', () => {
		expect(verify([], ['192.0.2.1'])).toMatchObject({ kind: 'verified' });
		expect(verify(['192.0.2.2'], ['192.0.2.2'])).toMatchObject({ kind: 'refused' });
	});

	it.each([
		['CERT_HAS_EXPIRED', 'expired'],
		['CERT_NOT_YET_VALID', 'expired'],
		['DEPTH_ZERO_SELF_SIGNED_CERT', 'untrusted'],
		['SOMETHING_NEW', 'untrusted'],
	])('with the fault %s is %s, whatever it names', (code, reason) => {
		const verified = verify(['example.com'], ['example.com'], code);
		expect(verified).toMatchObject({ kind: 'refused', why: { reason } });
		expect(verified.kind === 'refused' && verified.why.text).toContain(code);
	});
});
