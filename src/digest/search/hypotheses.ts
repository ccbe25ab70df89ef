/** The inputs of one request as they are written, and everything that each of them may have been instead. */
import { findAlgorithm } from '../algorithm.js';
import type { DigestCredentials, DigestSecret } from '../digest.js';
import type { HashForm, Identity, Remainder, SearchSecret } from './alteration.js';
import { Candidates } from './candidates.js';
import { formulaForms } from './formula-forms.js';
import type { IdentityCandidates, LatestIdentities } from './identity-candidates.js';
import { methodForms } from './method-forms.js';
import { nonceForms } from './nonce-forms.js';
import { passwordText } from './password-text.js';
import { algorithmForms, hashOf, type SearchHash } from './search-hash.js';
import type { SearchNames, SearchRequest } from './search-request.js';
import { type Prepare, type PreparedRemainder, prepareFor } from './trial.js';
import { uriForms } from './uri-forms.js';

/** Characters of all that is hashed again for every trial; a hostile message may bring sixty thousand. */
const LONGEST = 4_096;

/** What a request says was hashed. */
export interface WrittenInputs {
	readonly request: SearchRequest;
	/** Lower-case hex. */
	readonly response: string;
	/** The hash that is written; undefined where it cannot have made a response of this length. */
	readonly hash: SearchHash | undefined;
	readonly identity: Identity;
	readonly remainder: Remainder;
	readonly prepare: Prepare;
}

export interface Hypotheses extends WrittenInputs {
	readonly identities: IdentityCandidates;
	/** Families: uri, method, nonce, formula. */
	readonly remainders: Candidates<Remainder, PreparedRemainder>;
	readonly hashForms: readonly HashForm[];
}

/** Undefined where the response is no digest of an algorithm that is searched, or the credentials are far too long. */
export function writtenInputs(
	request: SearchRequest,
	secret: DigestSecret,
): WrittenInputs | undefined {
	const { credentials } = request;
	const response = credentials.response?.toLowerCase() ?? '';
	const algorithm = findAlgorithm(credentials.algorithm);
	// With userhash the username written is a hash already.
	if (algorithm === undefined || credentials.userhash) return undefined;
	if (!/^(?:[0-9a-f]{32}|[0-9a-f]{64})$/.test(response)) return undefined;
	if (lengthOf(credentials) > LONGEST) return undefined;
	const hash = hashOf(algorithm);
	return {
		request,
		response,
		hash: hash?.hexLength === response.length ? hash : undefined,
		identity: writtenIdentity(request, searchSecret(secret)),
		remainder: writtenRemainder(request, algorithm.session),
		prepare: prepareFor(request.body),
	};
}

/** The inputs of one request with all that they may have been. */
export function hypothesesOf(
	written: WrittenInputs,
	secret: DigestSecret,
	names: SearchNames,
	latest: LatestIdentities,
): Hypotheses {
	const { request, response, identity, remainder, prepare } = written;
	const families = [
		uriForms(request, names),
		methodForms(remainder.a2.method),
		nonceForms(request),
		formulaForms(remainder),
	];
	return {
		...written,
		identities: latest.of(secret, identity, names),
		remainders: new Candidates(remainder, families, prepare),
		// An HA1 is of one hash.
		hashForms:
			secret.kind === 'ha1' ? [] : algorithmForms(request.credentials.algorithm, response.length),
	};
}

function lengthOf({ username, realm, nonce, uri, nc, cnonce, qop }: DigestCredentials): number {
	const parts = [username, realm, nonce, uri, nc, cnonce, qop];
	return parts.reduce((length, part) => length + (part?.length ?? 0), 0);
}

function searchSecret(secret: DigestSecret): SearchSecret {
	if (secret.kind === 'ha1') return { kind: 'ha1', ha1: secret.ha1.toLowerCase() };
	return { kind: 'text', text: passwordText(secret.password) };
}

function writtenIdentity({ credentials }: SearchRequest, secret: SearchSecret): Identity {
	const { usernameExtended, username = '', realm = '' } = credentials;
	return { secret, username: usernameExtended ?? username, realm };
}

function writtenRemainder({ credentials, method }: SearchRequest, session: boolean): Remainder {
	const { nonce = '', nc = '', cnonce = '', qop, uri = '' } = credentials;
	return {
		a2: { method, uri, entity: qop?.toLowerCase() === 'auth-int' ? 'body' : 'none' },
		...{ session, nonce, nc, cnonce, qop, upperCase: 'none' },
	};
}
