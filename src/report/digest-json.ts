/** The JSON of `sipdoctor digest`: a contract (schemas/digest.schema.json). Fields are only ever added. */
import type { Examination } from '../digest/examine.js';
import { explainedBy, resultWords, searchWords } from './digest-words.js';
import { maskSecrets } from './masking.js';
import { readable } from './wire-text.js';

/** The document; absence is null. */
export function toDigestDocument(examination: Examination): object {
	const { result, request, steps, comparisons, ha1, aka } = examination;
	const { credentials, method, body } = request;
	const { username, usernameExtended, realm, nonce, uri, algorithm, qop, nc, cnonce, opaque } =
		credentials;
	return {
		schemaVersion: 1,
		result,
		summary: words(resultWords(examination)),
		inputs: {
			...{ method: words(method), uri: words(uri), username: words(usernameExtended ?? username) },
			...{ realm: words(realm), nonce: words(nonce), algorithm: words(algorithm) },
			...{ qop: words(qop), nc: words(nc), cnonce: words(cnonce), opaque: words(opaque) },
			bodyBytes: body.length,
		},
		steps: steps.map(({ name, formula, text }) => ({ name, formula, text: words(text) })),
		ha1: ha1 ?? null,
		comparisons: comparisons.map(({ field, agrees, ...written }) => ({
			...{ field, agrees },
			challenge: words(written.challenge),
			credentials: words(written.credentials),
		})),
		search: searchDocument(examination),
		explainedBy: explainedBy(examination) ?? null,
		aka:
			aka === undefined ? null : { ...aka, mistake: aka.mistake ?? null, auts: aka.auts ?? null },
	};
}

function searchDocument(examination: Examination): object | null {
	const { search } = examination;
	if (search === undefined || search.kind === 'verifies') return null;
	const isFound = search.kind === 'found';
	return {
		found: isFound,
		text: words(searchWords(examination)),
		alterations: isFound
			? search.alterations.map(({ family, name, words: text, hashed }) => ({
					...{ family, name, text: words(text), hashed: words(hashed) },
				}))
			: [],
		agreeing: isFound ? search.agreeing : 0,
		of: isFound ? search.of : 0,
		trials: 'trials' in search ? search.trials : 0,
		complete: search.kind === 'not-found' && search.stoppedBy === undefined,
	};
}

function words(text: string | undefined): string | null {
	return text === undefined ? null : maskSecrets(readable(text));
}
