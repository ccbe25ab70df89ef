/** Header lines as people paste them: of a trace, a log or a mail, folded and indented, with or without the rest. */
import type { DigestChallenge, DigestCredentials } from '../digest/digest.js';
import { parseAuthenticate } from '../sip/headers/authenticate.js';
import { parseAuthorization } from '../sip/headers/authorization.js';

/** What digest needs of them. */
export interface PastedHeaders {
	readonly challenges: readonly DigestChallenge[];
	readonly credentials: readonly DigestCredentials[];
	/** Of a request line, where one was pasted with them. */
	readonly method: string | undefined;
	readonly requestUri: string | undefined;
}

const LINE = /^[ \t>|]*([A-Za-z][A-Za-z-]*)[ \t]*:[ \t]*(.*)$/;
const REQUEST_LINE = /^[ \t>|]*([A-Z]+) (\S+) SIP\/2\.0[ \t]*$/;

/** Reads wire text; what is no header line continues the one before it, as in a mail that broke it. */
export function parsePastedHeaders(text: string): PastedHeaders {
	const challenges: DigestChallenge[] = [];
	const credentials: DigestCredentials[] = [];
	let method: string | undefined;
	let requestUri: string | undefined;
	for (const { name, value } of joinedLines(text)) {
		if (name === 'www-authenticate' || name === 'proxy-authenticate')
			challenges.push(...readChallenge(value));
		else if (name === 'authorization' || name === 'proxy-authorization')
			credentials.push(...readCredentials(value));
		else if (name === 'request-line') {
			const [, first, uri] = REQUEST_LINE.exec(value) ?? [];
			// A second message pasted behind the first: that with the credentials is the later one.
			method = first;
			requestUri = uri;
		}
	}
	return { challenges, credentials, method, requestUri };
}

/** One challenge line, with or without the name of the header field. */
export function readChallenge(text: string): readonly DigestChallenge[] {
	const value = LINE.exec(text)?.[2] ?? text;
	return parseAuthenticate(value, 'WWW-Authenticate').flatMap(({ digest }) => digest ?? []);
}

/** One line of credentials, with or without the name of the header field. */
export function readCredentials(text: string): readonly DigestCredentials[] {
	const value = LINE.exec(text)?.[2] ?? text;
	return parseAuthorization(value, 'Authorization').flatMap(({ digest }) => digest ?? []);
}

interface PastedLine {
	readonly name: string;
	value: string;
}

function joinedLines(text: string): readonly PastedLine[] {
	const lines: PastedLine[] = [];
	for (const line of text.split(/\r?\n|\r/)) {
		const [, name, value = ''] = LINE.exec(line) ?? [];
		if (REQUEST_LINE.test(line)) lines.push({ name: 'request-line', value: line });
		else if (name !== undefined) lines.push({ name: name.toLowerCase(), value });
		else {
			const last = lines.at(-1);
			if (last !== undefined && last.name !== 'request-line')
				last.value += ` ${line.replace(/^[ \t>|]+/, '')}`;
		}
	}
	return lines;
}
