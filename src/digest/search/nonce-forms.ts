/** The nonce that entered the response in place of the one that is written. */
import { distinct, type RemainderForm } from './alteration.js';
import type { SearchRequest } from './search-request.js';

/** Nonces looked back at. */
const MOST = 16;

/** The forms of the nonce of one request. Which of the earlier ones it was may differ from request to request. */
export function nonceForms({ credentials, nonces }: SearchRequest): readonly RemainderForm[] {
	const { nonce: written = '' } = credentials;
	const forms = [
		...nonces
			.slice(0, MOST)
			.map((nonce) => other('another-nonce', nonce, 'over the nonce of another challenge')),
		other('backslashes-removed', written.replace(/\\(.)/g, '$1'), 'over the nonce unescaped'),
		other('backslashes-kept', written.replace(/["\\]/g, '\\$&'), 'over the nonce with backslashes'),
		other('cut-at-equals', written.split('=')[0] ?? '', 'over the nonce cut at "="'),
		other('percent-decoded', percentDecoded(written), 'over the nonce percent-decoded'),
		other('plus-as-blank', written.replaceAll('+', ' '), 'over the nonce with blanks for "+"'),
		other('lower-case', written.toLowerCase(), 'over the nonce in lower case'),
		other('upper-case', written.toUpperCase(), 'over the nonce in upper case'),
		other('quoted', `"${written}"`, 'over the nonce with its quotes'),
		other('cut-to-32', written.slice(0, 32), 'over the nonce cut to 32 characters'),
		other('cut-to-64', written.slice(0, 64), 'over the nonce cut to 64 characters'),
		other('empty', '', 'over an empty nonce'),
	];
	return distinct(forms, ({ nonce }) => nonce, written).map(form);
}

/** The nonce is not told: it says nothing to a reader. */
interface OtherNonce {
	readonly name: string;
	readonly nonce: string;
	readonly words: string;
}

function other(name: string, nonce: string, words: string): OtherNonce {
	return { name, nonce, words };
}

function form({ name, nonce, words }: OtherNonce): RemainderForm {
	const change: RemainderForm['change'] = (remainder) => ({ ...remainder, nonce });
	return { family: 'nonce', name, words, usual: false, change };
}

function percentDecoded(text: string): string {
	return text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
		String.fromCharCode(Number.parseInt(hex, 16)),
	);
}
