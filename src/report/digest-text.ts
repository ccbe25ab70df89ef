/* What `sipdoctor digest` prints: the outcome, the inputs, each step, and what would make it verify. */
import type { AkaExamination } from '../digest/aka/examine-aka.js';
import type { Examination } from '../digest/examine.js';
import { explainedBy, resultWords, searchWords } from './digest-words.js';
import { makePalette, type Palette } from './palette.js';
import { shown } from './plain-words.js';
import { hangText, joinBlocks } from './text-wrap.js';

/** Column where values start. */
const INDENT = 16;

export interface DigestPaper {
	readonly columns: number;
	readonly colour: boolean;
}

/** The examination as text, its last line not ended. */
export function renderDigest(examination: Examination, { columns, colour }: DigestPaper): string {
	const palette = makePalette(colour);
	const line = (label: string, text: string): readonly string[] =>
		hangText(`  ${label}`, text, { columns, indent: INDENT, label: palette.faint });
	const search = searchWords(examination);
	const rule = explainedBy(examination);
	return joinBlocks([
		[`${symbolOf(examination, palette)} ${resultWords(examination)}`],
		search === undefined
			? []
			: [...line('because', shown(search, 1200)), ...explainLine(rule, line)],
		inputs(examination).flatMap(([label, value]) => line(label, shown(value))),
		examination.steps.flatMap(({ name, formula, text }) => [
			...line(name, formula),
			// A blank that does not break: the value stays whole, so that it can be copied.
			...line('', `=\u00a0${shown(text, 2000)}`),
		]),
		responseLine(examination).flatMap((text) => line('compared', text)),
		examination.comparisons.flatMap(({ field, agrees, challenge, credentials }) =>
			line(
				`${agrees ? palette.good('✓') : palette.bad('✗')} ${field}`,
				agrees
					? 'as in the challenge'
					: `challenge ${quoted(challenge)}, credentials ${quoted(credentials)}`,
			),
		),
		akaLines(examination.aka).flatMap(([label, value]) => line(label, value)),
	]).join('\n');
}

function symbolOf({ result }: Examination, palette: Palette): string {
	if (result === 'verifies') return palette.good('✓');
	return result === 'does-not-verify' ? palette.bad('✗') : palette.warn('!');
}

function explainLine(
	rule: string | undefined,
	line: (label: string, text: string) => readonly string[],
): readonly string[] {
	return rule === undefined ? [] : line('explain', `sipdoctor explain ${rule}`);
}

function inputs({ request }: Examination): readonly (readonly [string, string])[] {
	const { credentials, method, body } = request;
	const { username, usernameExtended, realm, nonce, uri, algorithm, qop, nc, cnonce } = credentials;
	const all: readonly (readonly [string, string | undefined])[] = [
		['method', method],
		['uri', uri],
		['username', usernameExtended ?? username],
		['realm', realm],
		['nonce', nonce],
		['algorithm', algorithm ?? 'MD5 (none is written)'],
		['qop', qop ?? 'none (the formula of RFC 2069)'],
		['nc', nc],
		['cnonce', cnonce],
		['body', body.length === 0 ? undefined : `${body.length} bytes`],
	];
	return all.flatMap(([label, value]) => (value === undefined ? [] : [[label, value] as const]));
}

/** The response itself is never shown: with it a password can be guessed offline. */
function responseLine({ result }: Examination): readonly string[] {
	if (result === 'not-checkable') return [];
	return [`the response computed ${result === 'verifies' ? 'is' : 'is not'} the one given`];
}

function akaLines(aka: AkaExamination | undefined): readonly (readonly [string, string])[] {
	if (aka === undefined) return [];
	const { version, rand, sqn, amf, macMatches, serverDataLength, auts } = aka;
	return [
		[
			'AKA',
			`version ${version}; the password is ${version === 1 ? 'RES' : 'a hash of RES, IK and CK'}`,
		],
		['RAND', rand],
		['SQN', sqn],
		['AMF', amf],
		[
			'MAC',
			macMatches
				? 'is right: the network has this key'
				: 'is wrong: the network has another key or OP',
		],
		['server data', `${serverDataLength} bytes`],
		...(auts === undefined
			? []
			: ([
					[
						'AUTS',
						`the SIM is at SQN ${auts.sqn}, so that the SQN of the network is too old for it`,
					],
					['MAC-S', auts.macMatches ? 'is right' : 'is wrong: the SIM has another key'],
				] as const)),
	];
}

function quoted(value: string | undefined): string {
	return value === undefined ? 'none' : `"${shown(value)}"`;
}
