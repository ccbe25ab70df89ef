/** What `sipdoctor digest` says of one response, in sentences; text and JSON say the same. */
import { ruleOfAlteration } from '../diagnosis/altered-rule.js';
import type { Examination } from '../digest/examine.js';
import { alterationWords } from '../digest/search/alteration.js';

/** The outcome as a sentence without its full stop. */
export function resultWords({ result, because, aka }: Examination): string {
	switch (result) {
		case 'verifies':
			return 'the response verifies';
		case 'does-not-verify':
			return aka?.mistake === undefined
				? 'the response does not verify'
				: `the response does not verify; it was computed with ${aka.mistake}`;
		case 'not-checkable':
			return `the response cannot be checked: ${because ?? 'an input is missing'}`;
	}
}

/** What the search came to; undefined where there was none, or it says nothing more. */
export function searchWords({ search, aka }: Examination): string | undefined {
	if (search === undefined || search.kind === 'verifies') return undefined;
	switch (search.kind) {
		case 'found': {
			const agreement =
				search.of === 1 ? '' : ` (${search.agreeing} of ${search.of} requests agree)`;
			return `it verifies ${alterationWords(search.alterations)}${agreement}`;
		}
		case 'not-found': {
			const secret = aka === undefined ? 'password' : 'key';
			const tried = `${search.trials.toLocaleString('en-US')} alterations tried`;
			return search.stoppedBy === undefined
				? `another ${secret}: nothing that is known to happen to the inputs makes it verify (${tried})`
				: `nothing found before the limit of ${search.stoppedBy === 'time' ? 'time' : 'trials'} was reached (${tried})`;
		}
		case 'not-searchable':
			return `nothing was searched: ${search.because}`;
	}
}

/** The diagnosis that explains it further; undefined where nothing was found. */
export function explainedBy({ search, request, result }: Examination): string | undefined {
	if (result === 'verifies' || search === undefined) return undefined;
	if (search.kind === 'found')
		return ruleOfAlteration(search.alterations[0], request.credentials.realm ?? '');
	return search.kind === 'not-found' && search.stoppedBy === undefined
		? 'wrong-password'
		: undefined;
}
