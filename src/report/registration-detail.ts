import type { DiagnosedRegistration } from '../analysis/analysis.js';
import { formatEndpoint } from '../net/endpoint.js';
import { attemptCount } from '../registration/attempt-facts.js';
import { pathFilter, registrationFilter } from './display-filter.js';
import { evidencePointers, explainPointer, pointer } from './finding-pointers.js';
import { cannotTellText, findingLine, findingText, type Paper } from './finding-text.js';
import { ladderText } from './ladder.js';
import { pathText } from './path-text.js';
import {
	counted,
	failoverWords,
	outcomeWords,
	registrationTitle,
	shown,
	standing,
	symbol,
} from './plain-words.js';
import { stepsText } from './steps-text.js';
import { cutText } from './text-width.js';
import { hangText, joinBlocks, joinFacts } from './text-wrap.js';

/** Other findings of one registration that are shown; the JSON report has them all. */
const MAX_FINDINGS = 10;

/** One registration in full: what became of it, why, what else, and how to see it. */
export function registrationDetail(
	registration: DiagnosedRegistration,
	paper: Paper,
	fullLadder: boolean,
): readonly string[] {
	const { cause, findings, cannotTell } = registration;
	const steps = paper.stepsShown === true ? [] : registration.steps;
	const others = findings.slice(0, MAX_FINDINGS).flatMap((finding) => findingLine(finding, paper));
	const left = findings.length - MAX_FINDINGS;
	return joinBlocks([
		headingText(registration, paper),
		stepsText(steps, paper),
		cause === undefined ? [] : findingText('cause', cause, paper),
		left > 0 ? [...others, `    … ${left} more in the JSON report`] : others,
		cannotTell.flatMap((each) => cannotTellText(each, paper)),
		pathText(registration, paper),
		ladderText(registration, paper, fullLadder),
		pointersText(registration, paper),
	]);
}

function headingText(registration: DiagnosedRegistration, paper: Paper): readonly string[] {
	const { columns, palette } = paper;
	const mark = symbol(standing(registration), palette);
	const title = registrationTitle(registration);
	const [first = '', ...more] = hangText('', title, { columns, indent: 2, text: palette.strong });
	const { aor, attempts, messages, userAgent, path } = registration;
	const facts = [
		...(attempts.length > 0 ? [counted(attemptCount(registration), 'attempt')] : []),
		...(aor === undefined ? [unreadWords(messages)] : []),
		...(userAgent === undefined ? [] : [cutText(shown(userAgent, 120), Math.max(20, columns - 8))]),
		...(path[0] === undefined ? [] : [`from ${formatEndpoint(path[0].client)}`]),
	];
	return [
		`${mark} ${first.trimStart()}`,
		...more,
		...hangText('', outcomeWords(registration), { columns, indent: 2 }),
		...hangText('', failoverWords(registration), { columns, indent: 2 }),
		...hangText('', joinFacts(facts), { columns, indent: 2, text: palette.faint }),
	].filter((line) => line !== '');
}

function unreadWords(messages: DiagnosedRegistration['messages']): string {
	const cut = messages.find(({ observed }) => observed.cut)?.observed;
	if (cut === undefined) return 'no REGISTER could be read';
	return cut.packet.isBeginning === true
		? 'its address-of-record is in a fragment that was not captured'
		: 'the snaplen cut its address-of-record';
}

/** Display filters, and where to read on. */
function pointersText(registration: DiagnosedRegistration, paper: Paper): readonly string[] {
	const { cause, messages } = registration;
	const isCaptured = messages.some(({ observed }) => observed.frame > 0);
	const filter =
		(isCaptured ? registrationFilter(registration) : undefined) ?? pathFilter(registration);
	return [
		...(cause === undefined ? [] : evidencePointers(cause, paper)),
		...(filter === undefined ? [] : pointer('all', filter, paper)),
		...(cause === undefined ? [] : explainPointer(cause, paper)),
	];
}
