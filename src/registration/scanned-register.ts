/*
 * What of a REGISTER tells a scanner from a phone, found without reading the other fields. A tool sends thousands of
 * them, and of a phone nobody asks for more than its User-Agent.
 */

/** Reads a REGISTER as far as somebody asks, and once. */
export class ScannedRegister {
	/** As written. */
	readonly userAgent: string | undefined;
	readonly #wire: string;
	#ways: Ways | undefined;

	constructor(wire: string) {
		this.userAgent = userAgentIn(wire);
		this.#wire = wire;
	}

	/** What it says of where it comes from, and what it tries. */
	get ways(): Ways {
		const wire = this.#wire;
		this.#ways ??= {
			guess: guessIn(wire),
			contactHost: contactHostIn(wire),
			isThroughProxy: cameThroughProxy(wire),
		};
		return this.#ways;
	}
}

interface Ways {
	readonly guess: Guess | undefined;
	/** Host of the first Contact as written; a scanner has no place of its own to be called at. */
	readonly contactHost: string | undefined;
	/** A proxy is not the one who asks: it passes on what others do. */
	readonly isThroughProxy: boolean;
}

/** The User-Agent of a REGISTER as written, found without reading the other fields. */
export function userAgentIn(wire: string): string | undefined {
	return /\nuser-agent[ \t]*:[ \t]*([^\r\n]*)/i.exec(wire)?.[1];
}

/** Of a value only so much is looked at: what is written to be slow to read is no phone's. */
const MAX_READ = 512;
const MAX_CREDENTIALS = 4_096;

function contactHostIn(wire: string): string | undefined {
	const line = /\n(?:contact|m)[ \t]*:([^\r\n]*)/i.exec(wire)?.[1]?.slice(0, MAX_READ) ?? '';
	return /sips?:(?:[^@>;]*@)?(\[[^\]]*\]|[^:;>\s]+)/i.exec(line)?.[1];
}

function cameThroughProxy(wire: string): boolean {
	return (wire.match(/\n(?:via|v)[ \t]*:|,[ \t]*SIP\/2\.0\//gi) ?? []).length > 1;
}

/** What of Digest credentials is the guess, and what it is an answer to; undefined where there are none. */
export interface Guess {
	readonly username: string;
	/** Nonce, its count, the client's nonce, method and uri: the same again gives the same response, or the password changed. */
	readonly question: string;
	readonly response: string;
}

function guessIn(wire: string): Guess | undefined {
	const written = /\n(?:proxy-)?authorization[ \t]*:[ \t]*digest ([^\r\n]*)/i.exec(wire)?.[1];
	if (written === undefined) return undefined;
	const line = written.slice(0, MAX_CREDENTIALS);
	const value = (pattern: RegExp) => pattern.exec(line)?.[1] ?? '';
	const response = value(RESPONSE);
	if (response === '') return undefined;
	const username = value(USERNAME);
	const question = [username, ...QUESTION.map(value)].join(' ');
	return { username, question, response };
}

const RESPONSE = parameter('response');
const USERNAME = parameter('username');
const QUESTION = ['realm', 'nonce', 'uri', 'nc', 'cnonce', 'qop', 'algorithm'].map(parameter);

function parameter(name: string): RegExp {
	return new RegExp(`(?:^|[ ,\\t])${name}[ \\t]*=[ \\t]*"?([^",]*)`, 'i');
}
