/* What a probe tried out, in the JSON of a packet comment. It holds text of the wire: the report makes it safe. */
import {
	type EventCommentPlace,
	isRecord,
	listOf,
	oneOf,
	textOf,
	wholeOf,
} from './comment-values.js';
import { EXPERIMENT_IDS, EXPERIMENT_VERDICTS } from './experiment-words.js';
import type { ExperimentEvent } from './observed.js';

const MAX_COLUMNS = 12;
const MAX_ROWS = 200;
const MAX_PROOFS = 50;
const MAX_WORDS = 4_000;
const MAX_CELL = 1_000;

/** Undefined where a value does not hold, or a row is not as long as the columns. */
export function experimentOf(
	json: Record<string, unknown>,
	place: EventCommentPlace,
): ExperimentEvent | undefined {
	const id = oneOf(json['id'], EXPERIMENT_IDS);
	const verdict = oneOf(json['verdict'], EXPERIMENT_VERDICTS);
	const text = textOf(json['text'], MAX_WORDS);
	const columns = listOf(json['columns'], MAX_COLUMNS, (name) => textOf(name));
	const rows = listOf(json['rows'], MAX_ROWS, (row) => listOf(row, MAX_COLUMNS, cellOf));
	const proof = listOf(json['proof'], MAX_PROOFS, proofOf);
	if (id === undefined || verdict === undefined || text === undefined) return undefined;
	if (columns === undefined || rows === undefined || proof === undefined) return undefined;
	if (rows.some(({ length }) => length !== columns.length)) return undefined;
	return { kind: 'experiment', ...place, id, verdict, text, columns, rows, proof };
}

function cellOf(json: unknown): string | undefined {
	return textOf(json, MAX_CELL);
}

function proofOf(json: unknown): ExperimentEvent['proof'][number] | undefined {
	if (!isRecord(json)) return undefined;
	const frame = wholeOf(json['frame'], Number.MAX_SAFE_INTEGER);
	const at = wholeOf(json['at'], Number.MAX_SAFE_INTEGER);
	const field = textOf(json['field']);
	const text = textOf(json['text'], MAX_CELL);
	if (frame === undefined || at === undefined) return undefined;
	return field === undefined || text === undefined ? undefined : { frame, at, field, text };
}

/** An option of pcapng holds 65,535 octets; a table that is larger loses its last rows. */
const MAX_OCTETS = 60_000;

/** The facts as `write` makes a comment of them, with as many rows as have room. */
export function fittingExperiment<T extends Pick<ExperimentEvent, 'rows'>>(
	facts: T,
	write: (facts: T) => string,
): string {
	let kept = facts;
	let text = write(kept);
	while (Buffer.byteLength(text) > MAX_OCTETS && kept.rows.length > 0) {
		kept = { ...kept, rows: kept.rows.slice(0, Math.floor(kept.rows.length / 2)) };
		text = write(kept);
	}
	return text;
}
