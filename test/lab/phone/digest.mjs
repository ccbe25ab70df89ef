/* oxlint-disable typescript/no-unsafe-assignment, typescript/no-unnecessary-condition -- plain JavaScript: Node 20 runs no TypeScript, and a build would tie the phone to src/ */
import { createHash, randomBytes } from 'node:crypto';

/*
 * Digest for the lab's phone, written from RFC 2617 §3.2 and RFC 7616 §3.4 and on purpose without
 * a line of src/: the phone is there to prove src/ wrong.
 */

const HASHES = { MD5: 'md5', 'SHA-256': 'sha256', 'SHA-512-256': 'sha512-256' };

/** Parameters of a WWW-Authenticate or Proxy-Authenticate value. */
export function parseChallenge(value) {
	const found = {};
	for (const [, name, inQuotes, bare] of value.matchAll(/(\w+)=(?:"([^"]*)"|([^\s,]+))/g)) {
		found[name.toLowerCase()] = inQuotes ?? bare;
	}
	return found;
}

/** The value of an Authorization header for a REGISTER to `uri`. */
export function credentials(challenge, given) {
	const { username, password, realm, uri, nonce, nc } = given;
	const algorithm = given.algorithm ?? challenge.algorithm ?? 'MD5';
	const hash = (text) =>
		createHash(HASHES[(given.hashedWith ?? algorithm).toUpperCase()] ?? 'md5')
			.update(text)
			.digest('hex');
	const usedRealm = realm ?? challenge.realm;
	const usedNonce = nonce ?? challenge.nonce;
	// What a SIM answers are bytes, and no text.
	const ha1 = hash(
		Buffer.concat([
			Buffer.from(`${username}:${given.hashedRealm ?? usedRealm}:`),
			Buffer.from(password ?? ''),
		]),
	);
	const ha2 = hash(`${given.hashedMethod ?? 'REGISTER'}:${given.hashedUri ?? uri}`);
	const fields = [
		`username="${username}"`,
		`realm="${usedRealm}"`,
		`nonce="${usedNonce}"`,
		`uri="${uri}"`,
	];
	if (given.empty === true) fields.push('response=""');
	else if (challenge.qop?.split(/\s*,\s*/).includes('auth')) {
		const count = nc.toString(16).padStart(8, '0');
		const cnonce = randomBytes(8).toString('hex');
		const response = hash(`${ha1}:${usedNonce}:${count}:${cnonce}:auth:${ha2}`);
		fields.push(`response="${response}"`, 'qop=auth', `nc=${count}`, `cnonce="${cnonce}"`);
	} else {
		fields.push(`response="${hash(`${ha1}:${usedNonce}:${ha2}`)}"`);
	}
	if ((given.algorithm ?? challenge.algorithm) !== undefined) fields.push(`algorithm=${algorithm}`);
	if (given.auts !== undefined) fields.push(`auts="${given.auts}"`);
	if (challenge.opaque !== undefined) fields.push(`opaque="${challenge.opaque}"`);
	const left = fields.filter((field) => !given.leftOut?.includes(field.split('=')[0]));
	return `Digest ${left.join(', ')}`;
}
