import type { DiagnosedRegistration } from '../analysis/analysis.js';
import { formatEndpoint } from '../net/endpoint.js';
import type { Instant } from '../time/instant.js';
import type { Observed, UnreachableEvent } from '../trace/observed.js';
import {
	cseqNumber,
	lateResponseLabels,
	messageLabels,
	messageSummary,
} from './message-summary.js';
import { shown } from './plain-words.js';

/** One arrow of the ladder. */
export interface LadderRow {
	readonly source: string;
	readonly frame: number;
	readonly at: Instant;
	/** `ip:port`. */
	readonly from: string;
	readonly to: string;
	/** Shorter and shorter, safe to show. */
	readonly labels: readonly [string, ...string[]];
	readonly kind: 'message' | 'error';
	/** How often it was sent in all, and the last copy. */
	readonly copies: number;
	readonly last: { readonly frame: number; readonly at: Instant };
	/** The same message between the same two in other captures. */
	readonly also: readonly { readonly source: string; readonly frame: number }[];
}

/** The rows of a registration in order: messages with their retransmissions folded, and ICMP errors in evidence. */
export function ladderRows(registration: DiagnosedRegistration): readonly LadderRow[] {
	return insertErrors(foldCopies(registration), errorRows(registration));
}

type GrowingRow = { -readonly [Key in keyof LadderRow]: LadderRow[Key] };

/** A copy joins the last row of its kind on its hop as long as nothing else was said on that hop since. */
function foldCopies(registration: DiagnosedRegistration): readonly LadderRow[] {
	const checks: ReadonlyMap<Observed, Check> = registration.digestChecks;
	const more = unlistedBefore(registration);
	const rows: GrowingRow[] = [];
	const lastOnHop = new Map<string, { readonly row: GrowingRow; readonly summary: string }>();
	const askedOnHop = new Map<string, number | undefined>();
	for (const { observed, retransmission } of registration.messages) {
		const { source, frame, at, message } = observed;
		const summary = messageSummary(message);
		const ends = [formatEndpoint(observed.src), formatEndpoint(observed.dst)];
		const hop = `${source} ${ends.sort().join(' ')}`;
		if (message.kind === 'request') askedOnHop.set(hop, cseqNumber(message));
		const row = toMessageRow(observed, labelsOf(observed, checks, askedOnHop.get(hop)));
		const before = lastOnHop.get(hop);
		if (retransmission && before?.row.from === row.from && before.summary === summary) {
			before.row.copies += 1 + (more.get(observed) ?? 0);
			before.row.last = { frame, at };
			continue;
		}
		rows.push(row);
		lastOnHop.set(hop, { row, summary });
	}
	return foldPlaces(rows);
}

/** How many copies before one were counted alone. */
function unlistedBefore({ attempts }: DiagnosedRegistration): ReadonlyMap<Observed, number> {
	const more = new Map<Observed, number>();
	for (const { transactions } of attempts) {
		for (const { hops } of transactions) {
			for (const { sends, moreSends = 0 } of hops) {
				const last = sends.at(-1);
				if (moreSends > 0 && last !== undefined) more.set(last, moreSends);
			}
		}
	}
	return more;
}

/**
 * A message that several captures show between the same two endpoints is one arrow. Where they show different numbers of
 * copies, each keeps its own.
 */
function foldPlaces(rows: readonly GrowingRow[]): readonly LadderRow[] {
	const known = new Map<string, GrowingRow>();
	return rows.filter((row) => {
		const key = [row.from, row.to, row.labels[0], row.copies].join(' ');
		const first = known.get(key);
		const isThere = [first, ...(first?.also ?? [])].some((seen) => seen?.source === row.source);
		if (first === undefined || isThere) {
			known.set(key, row);
			return true;
		}
		first.also = [...first.also, { source: row.source, frame: row.frame }];
		return false;
	});
}

type Check = 'verifies' | 'does-not-verify';

const CREDENTIALS_WORDS: Readonly<Record<Check, string>> = {
	verifies: 'credentials verify',
	'does-not-verify': 'credentials do not verify',
};

/** `asked` is the CSeq number of the last request on this hop. */
function labelsOf(
	observed: Observed,
	checks: ReadonlyMap<Observed, Check>,
	asked: number | undefined,
): readonly [string, ...string[]] {
	const { message } = observed;
	const check = checks.get(observed);
	if (message.kind === 'request')
		return messageLabels(message, check === undefined ? undefined : CREDENTIALS_WORDS[check]);
	const answered = cseqNumber(message);
	return asked === undefined || answered === undefined || answered === asked
		? messageLabels(message)
		: lateResponseLabels(message, answered);
}

function toMessageRow(
	{ source, frame, at, src, dst }: Observed,
	[full, ...shorter]: readonly [string, ...string[]],
): LadderRow {
	return {
		source,
		frame,
		at,
		from: formatEndpoint(src),
		to: formatEndpoint(dst),
		labels: [shown(full, 120), ...shorter.map((label) => shown(label, 120))],
		kind: 'message',
		copies: 1,
		last: { frame, at },
		also: [],
	};
}

/** ICMP errors whose frame is evidence of a finding. */
function errorRows(registration: DiagnosedRegistration): readonly LadderRow[] {
	const { cause, findings, attempts } = registration;
	const evidence = [...(cause === undefined ? [] : [cause]), ...findings].flatMap(
		(finding) => finding.evidence,
	);
	const inEvidence = new Set(evidence.map(({ source, frame }) => `${frame} ${source}`));
	const events = attempts
		.flatMap(({ transactions }) => transactions.flatMap(({ hops }) => hops))
		.flatMap(({ unreachable }) => unreachable)
		.filter(({ source, frame }) => inEvidence.has(`${frame} ${source}`));
	return [...new Set(events)].map(toErrorRow);
}

function toErrorRow(event: UnreachableEvent): LadderRow {
	const { source, frame, at, reason, reporter, quoted, icmp } = event;
	const what = `${icmp === undefined ? (event.errno ?? 'error') : 'ICMP'} ${REASON_WORDS[reason]}`;
	const by = reporter === undefined ? '' : ` from ${reporter}`;
	return {
		source,
		frame,
		at,
		from: formatEndpoint(quoted.dst),
		to: formatEndpoint(quoted.src),
		labels: [shown(what + by), shown(what), REASON_WORDS[reason]],
		kind: 'error',
		copies: 1,
		last: { frame, at },
		also: [],
	};
}

const REASON_WORDS: Readonly<Record<UnreachableEvent['reason'], string>> = {
	port: 'port unreachable',
	host: 'host unreachable',
	network: 'network unreachable',
	protocol: 'protocol unreachable',
	'admin-prohibited': 'prohibited',
	'fragmentation-needed': 'too big',
	'time-exceeded': 'time exceeded',
	other: 'unreachable',
};

/** Each error after the last row of its own source that is not later; the order of the messages is kept. */
function insertErrors(
	rows: readonly LadderRow[],
	errors: readonly LadderRow[],
): readonly LadderRow[] {
	const all = [...rows];
	for (const error of errors) {
		const before = all.findLastIndex(({ source, at }) => source === error.source && at <= error.at);
		all.splice(before + 1, 0, error);
	}
	return all;
}
