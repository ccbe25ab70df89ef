/** `sipdoctor digest`: parts, pasted header lines or a frame of a capture → one response, taken apart. */
import { parsedValue } from '../bytes/parsed-value.js';
import type { DigestChallenge, DigestCredentials } from '../digest/digest.js';
import { type Examination, type ExaminedSecret, examineDigest } from '../digest/examine.js';
import type { Named } from '../digest/search/search-request.js';
import { wireText } from '../sip/display-text.js';
import { parseUri } from '../sip/uri.js';
import { type CapturedCredentials, credentialsInFrame } from './captured-credentials.js';
import { parsePastedHeaders, readChallenge, readCredentials } from './pasted-headers.js';
import { UsageError } from './usage-error.js';

/** The parts that can be given one by one, as a user types them; each wins over pasted lines and a frame. */
export const DIGEST_PARTS = [
	'username',
	'realm',
	'nonce',
	'uri',
	'response',
	'algorithm',
	'qop',
	'nc',
	'cnonce',
	'opaque',
	'auts',
] as const;

export interface DigestRequest {
	readonly parts: Readonly<Partial<Record<(typeof DIGEST_PARTS)[number], string>>>;
	readonly method: string | undefined;
	readonly body: Uint8Array | undefined;
	/** Lines of `--challenge` and `--credentials`. */
	readonly challenge: string | undefined;
	readonly credentials: string | undefined;
	/** Text with header lines among others. */
	readonly pasted: string | undefined;
	readonly capture:
		| {
				readonly name: string;
				readonly chunks: AsyncIterable<Uint8Array>;
				readonly frame: number | undefined;
		  }
		| undefined;
	readonly secret: ExaminedSecret | undefined;
	readonly showHa1: boolean;
	/** A clock in milliseconds. */
	readonly now: () => number;
}

/** Examines the response. Throws UsageError that names every missing input, CaptureError for an unreadable capture. */
export async function examineRequest(request: DigestRequest): Promise<Examination> {
	const captured = await capturedOf(request);
	const pasted = pastedOf(request);
	const challenges = [
		...pasted.challenges,
		...(captured?.challenge === undefined ? [] : [captured.challenge]),
	];
	const given = pasted.credentials[0] ?? captured?.credentials;
	const credentials = withParts(given ?? NO_CREDENTIALS, request.parts);
	const challenge =
		challenges.find(({ nonce }) => nonce === credentials.nonce) ??
		challenges.find(({ realm }) => realm === credentials.realm) ??
		challenges[0];
	const filled = given === undefined ? fromChallenge(credentials, challenge) : credentials;
	const secret = complete(filled, request.secret);
	const { username } = request.parts;
	return examineDigest({
		credentials: filled,
		challenge,
		method: request.method ?? pasted.method ?? captured?.method ?? 'REGISTER',
		body: request.body ?? captured?.body ?? new Uint8Array(),
		secret,
		username: given?.userhash === true && username !== undefined ? wireText(username) : undefined,
		showHa1: request.showHa1,
		...hintsOf(captured, challenges, pasted.requestUri, filled.uri),
		now: request.now,
	});
}

function capturedOf({ capture, parts }: DigestRequest): Promise<CapturedCredentials> | undefined {
	if (capture === undefined) return undefined;
	const { frame } = capture;
	if (frame === undefined)
		throw new UsageError(
			'--capture needs --frame',
			'Give the number of the frame as Wireshark shows it.',
		);
	const realm = parts.realm === undefined ? undefined : wireText(parts.realm);
	return credentialsInFrame({ ...capture, frame, realm });
}

interface Given {
	readonly challenges: readonly DigestChallenge[];
	readonly credentials: readonly DigestCredentials[];
	readonly method: string | undefined;
	readonly requestUri: string | undefined;
}

function pastedOf({ pasted, challenge, credentials }: DigestRequest): Given {
	const lines = parsePastedHeaders(wireText(pasted ?? ''));
	if (pasted !== undefined && lines.challenges.length + lines.credentials.length === 0) {
		throw new UsageError(
			'the text holds no Digest challenge and no Digest credentials',
			'Paste the lines WWW-Authenticate: Digest … and Authorization: Digest …',
		);
	}
	return {
		...lines,
		challenges: [...read(challenge, readChallenge, '--challenge'), ...lines.challenges],
		credentials: [...read(credentials, readCredentials, '--credentials'), ...lines.credentials],
	};
}

function read<Value>(
	line: string | undefined,
	reader: (text: string) => readonly Value[],
	flag: string,
): readonly Value[] {
	if (line === undefined) return [];
	const values = reader(wireText(line));
	if (values.length === 0)
		throw new UsageError(
			`${flag} is no header line of the Digest scheme`,
			'It starts with Digest.',
		);
	return values;
}

const NO_CREDENTIALS: DigestCredentials = {
	username: undefined,
	usernameExtended: undefined,
	realm: undefined,
	nonce: undefined,
	uri: undefined,
	response: undefined,
	algorithm: undefined,
	cnonce: undefined,
	opaque: undefined,
	qop: undefined,
	nc: undefined,
	userhash: false,
	parameters: new Map(),
};

function withParts(
	credentials: DigestCredentials,
	parts: DigestRequest['parts'],
): DigestCredentials {
	const { username, realm, nonce, uri, response, algorithm, qop, nc, cnonce, opaque, auts } = parts;
	const { usernameExtended, userhash, parameters } = credentials;
	const wire = (text: string | undefined, otherwise: string | undefined) =>
		text === undefined ? otherwise : wireText(text);
	return {
		// Beside the hash of a username the plain one is told, and does not take its place.
		username: userhash ? credentials.username : wire(username, credentials.username),
		usernameExtended: username === undefined ? usernameExtended : undefined,
		realm: wire(realm, credentials.realm),
		nonce: wire(nonce, credentials.nonce),
		uri: wire(uri, credentials.uri),
		response: wire(response, credentials.response),
		algorithm: wire(algorithm, credentials.algorithm),
		qop: wire(qop, credentials.qop),
		nc: wire(nc, credentials.nc),
		cnonce: wire(cnonce, credentials.cnonce),
		opaque: wire(opaque, credentials.opaque),
		userhash,
		parameters: auts === undefined ? parameters : new Map([...parameters, ['auts', auts]]),
	};
}

/** Credentials given in parts take from the challenge what a phone copies. */
function fromChallenge(
	credentials: DigestCredentials,
	challenge: DigestChallenge | undefined,
): DigestCredentials {
	return {
		...credentials,
		realm: credentials.realm ?? challenge?.realm,
		nonce: credentials.nonce ?? challenge?.nonce,
		algorithm: credentials.algorithm ?? challenge?.algorithm,
		opaque: credentials.opaque ?? challenge?.opaque,
	};
}

/** The secret, where nothing is missing. */
function complete(
	credentials: DigestCredentials,
	secret: ExaminedSecret | undefined,
): ExaminedSecret {
	const needed = ['username', 'realm', 'nonce', 'uri', 'response'] as const;
	const name = credentials.usernameExtended ?? credentials.username;
	const missing = needed
		.filter((part) => (part === 'username' ? name : credentials[part]) === undefined)
		.map((part) => `--${part}`);
	if (secret !== undefined && missing.length === 0) return secret;
	const secrets = secret === undefined ? ['a password (--ask-password, --password-file)'] : [];
	throw new UsageError(
		`inputs are missing: ${[...missing, ...secrets].join(', ')}`,
		'Give them as flags, as pasted header lines (a file, or - for stdin), or as --capture FILE --frame N.',
	);
}

function hintsOf(
	captured: CapturedCredentials | undefined,
	challenges: readonly DigestChallenge[],
	requestUri: string | undefined,
	uri: string | undefined,
) {
	const realms = challenges.flatMap(({ realm }) =>
		realm === undefined ? [] : [{ value: realm, from: 'the realm of a challenge' }],
	);
	const nonces = challenges.flatMap(({ nonce }) => nonce ?? []);
	const uris = requestUri === undefined ? [] : [{ value: requestUri, from: 'the Request-URI' }];
	if (captured === undefined)
		return { names: { usernames: [], realms, domains: hostOf(uri) }, uris, nonces, others: [] };
	const { names, request, others } = captured;
	return {
		names: { ...names, realms: [...realms, ...names.realms] },
		uris: [...uris, ...request.uris],
		nonces: [...request.nonces, ...nonces],
		others,
	};
}

function hostOf(uri: string | undefined): readonly Named[] {
	const host = uri === undefined ? undefined : parsedValue(parseUri(uri))?.host;
	return host === undefined ? [] : [{ value: host, from: 'the host of the uri' }];
}
