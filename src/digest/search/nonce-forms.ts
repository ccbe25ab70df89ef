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
			.map((nonce) => form('another-nonce', nonce, 'over the nonce of another challenge')),
		form('backslashes-removed', written.replace(/\\(.)/g, '$1'), 'over the nonce unescaped'),
		form('backslashes-kept', written.replace(/["\\]/g, '\\$&'), 'over the nonce with backslashes'),
		form('cut-at-equals', written.split('=')[0] ?? '', 'over the nonce cut at "="'),
		form('percent-decoded', percentDecoded(written), 'over the nonce percent-decoded'),
		form('plus-as-blank', written.replaceAll('+', ' '), 'over the nonce with blanks for "+"'),
		form('lower-case', written.toLowerCase(), 'over the nonce in lower case'),
		form('upper-case', written.toUpperCase(), 'over the nonce in upper case'),
		form('quoted', `"${written}"`, 'over the nonce with its quotes'),
		form('cut-to-32', written.slice(0, 32), 'over the nonce cut to 32 characters'),
		form('cut-to-64', written.slice(0, 64), 'over the nonce cut to 64 characters'),
		form('empty', '', 'over an empty nonce'),
	];
	return distinct(forms, (one) => one.nonce, written).map(({ nonce: _, ...one }) => one);
}

function form(name: string, nonce: string, words: string): RemainderForm & { nonce: string } {
	return {
		...{ family: 'nonce', name, words, usual: false, nonce },
		change: (remainder) => ({ ...remainder, nonce }),
	};
}

function percentDecoded(text: string): string {
	return text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
		String.fromCharCode(Number.parseInt(hex, 16)),
	);
}
