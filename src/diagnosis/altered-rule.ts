/** Which diagnosis an alteration belongs to, so that `explain` can be asked for more. */
import type { Alteration } from '../digest/search/alteration.js';
import { sameRealmButForCase } from '../registration/realm.js';

/** The id of a rule; `realm` is the one that is written. */
export function ruleOfAlteration({ family, name, hashed = '' }: Alteration, realm: string): string {
	switch (family) {
		case 'password':
			return 'password-altered';
		case 'typing':
			return 'wrong-password';
		case 'username':
			return /^with(?:out)?-domain$/.test(name)
				? 'auth-username-with-domain'
				: 'auth-username-differs';
		case 'realm':
			return sameRealmButForCase(hashed, [realm]) === undefined
				? 'realm-mismatch'
				: 'realm-case-mismatch';
		case 'uri':
			return 'digest-uri-mismatch';
		case 'method':
			return 'response-miscomputed';
		case 'nonce':
			return name === 'another-nonce' ? 'stale-nonce-reused' : 'response-miscomputed';
		case 'formula':
			if (name.startsWith('session-')) return 'algorithm-unsupported';
			return name.startsWith('upper-case') ? 'response-miscomputed' : 'qop-malformed';
		case 'algorithm':
			return name === 'another-length' ? 'response-length-wrong' : 'algorithm-unsupported';
	}
}
