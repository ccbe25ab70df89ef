/** What the user wants of the REGISTER, from text. Messages name the flag, and never a value that may be a secret. */
import type { MilenageKey } from '../digest/aka/milenage.js';
import { PLAIN_REGISTERING, type RegisteringOptions } from '../probe/registering-options.js';
import { headerId } from '../sip/compact-forms.js';
import { UsageError } from './usage-error.js';

export interface RegisteringSources {
	readonly query: boolean;
	readonly unregister: boolean;
	readonly keep: boolean;
	readonly displayName: string | undefined;
	/** A SIP URI, or `none`. */
	readonly contact: string | undefined;
	readonly instance: string | undefined;
	readonly regId: number | undefined;
	/** `Name: value` each. */
	readonly headers: readonly string[];
	readonly akaKey: MilenageKey | undefined;
	/** 12 hex digits. */
	readonly akaSqn: string | undefined;
	readonly bearerToken: string | undefined;
	readonly bearerOverCleartext: boolean;
}

/** Throws UsageError for what cannot be, or contradicts itself. */
export function registeringFrom(sources: RegisteringSources): RegisteringOptions {
	const { akaKey, bearerToken, displayName } = sources;
	if (displayName !== undefined && CONTROL.test(displayName))
		throw new UsageError('--display-name holds a control character');
	return {
		...PLAIN_REGISTERING,
		mode: modeOf(sources),
		keep: sources.keep,
		displayName,
		contact: sources.contact === 'none' ? undefined : sources.contact,
		instance: sources.instance,
		regId: sources.regId,
		headers: headersFrom(sources.headers),
		sim: simFrom(akaKey, sources.akaSqn),
		bearer:
			bearerToken === undefined
				? undefined
				: { token: tokenFrom(bearerToken), overCleartext: sources.bearerOverCleartext },
		optionsFirst: true,
	};
}

function modeOf({
	query,
	unregister,
	keep,
	contact,
}: RegisteringSources): RegisteringOptions['mode'] {
	// A REGISTER without Contact is a query (RFC 3261 §10.2.3).
	const asks = query || contact === 'none';
	if ([asks, unregister, keep].filter(Boolean).length > 1)
		throw new UsageError(
			'--query, --unregister and --keep exclude each other',
			'Give one of them; --contact none is a query, too.',
		);
	if (asks) return 'query';
	return unregister ? 'unregister' : 'register';
}

/** Written by the probe itself, each for a reason: what a user could put there would break the dialogue or the answer. */
const OWNED = new Map([
	...['via', 'from', 'to', 'call-id', 'cseq', 'max-forwards', 'content-length', 'expires'].map(
		(id) => [id, 'the probe writes it itself'] as const,
	),
	...['authorization', 'proxy-authorization'].map(
		(id) => [id, 'credentials come by --password-file, --bearer-file or --aka-k'] as const,
	),
	['contact', 'use --contact'] as const,
	['user-agent', 'use --user-agent'] as const,
]);

const MAX_HEADERS = 20;
const MAX_VALUE = 2000;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
const CONTROL = /[\u0000-\u0008\u000a-\u001f\u007f]/;

/** Header fields from `Name: value` each. Throws UsageError. */
export function headersFrom(lines: readonly string[]): readonly (readonly [string, string])[] {
	if (lines.length > MAX_HEADERS)
		throw new UsageError(`--header was given more than ${MAX_HEADERS} times`);
	return lines.map(headerFrom);
}

function headerFrom(line: string): readonly [string, string] {
	const [, name, value = ''] = /^([A-Za-z0-9\-.!%*_+`'~]+)[ \t]*:(.*)$/s.exec(line) ?? [];
	if (name === undefined)
		throw new UsageError('--header is not "Name: value"', "For example --header 'X-Site: Vienna'.");
	if (CONTROL.test(value))
		throw new UsageError(`--header ${name} holds a line break or another control character`);
	if (value.length > MAX_VALUE)
		throw new UsageError(`--header ${name} has more than ${MAX_VALUE} characters`);
	const why = OWNED.get(headerId(name));
	if (why !== undefined) throw new UsageError(`--header ${name} is not for you: ${why}`);
	return [name, value.trim()];
}

/** A SIM from its key and the highest SQN it has taken, 12 hex digits. Throws UsageError. */
export function simFrom(
	key: MilenageKey | undefined,
	sqn: string | undefined,
): RegisteringOptions['sim'] {
	if (key !== undefined) return { key, sqn: sqnFrom(sqn) };
	if (sqn !== undefined) throw new UsageError('--aka-sqn is given without --aka-k');
	return undefined;
}

function sqnFrom(text: string | undefined): Uint8Array | undefined {
	if (text === undefined) return undefined;
	if (!/^[0-9a-f]{12}$/i.test(text)) throw new UsageError('--aka-sqn is not 12 hex digits');
	return Uint8Array.from(Buffer.from(text, 'hex'));
}

/** RFC 6750 §2.1: b64token. Throws UsageError. */
export function tokenFrom(text: string): string {
	const token = text.trim();
	if (!/^[A-Za-z0-9\-._~+/]{1,8192}=*$/.test(token))
		throw new UsageError('the bearer token is empty, or holds what no token may (RFC 6750 §2.1)');
	return token;
}
