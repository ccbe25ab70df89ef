import { toRfc3339 } from '../time/instant.js';
import {
	type CheckDocument,
	type CheckDocumentEntry,
	type CheckedCause,
	type CheckedEntry,
	type CheckedSuite,
	verdictCounts,
} from './check-document.js';
import { maskSecrets } from './masking.js';
import { readable } from './wire-text.js';

/** The JSON report of a suite; print it with `toJsonText`. */
export function toCheckDocument(
	suite: CheckedSuite,
	tool: { readonly name: string; readonly version: string },
): CheckDocument {
	const counts = verdictCounts(suite.entries);
	return {
		schemaVersion: 1,
		tool: { name: tool.name, version: tool.version },
		suite: suite.file,
		startedAt: toRfc3339(suite.startedAt),
		ms: suite.ms,
		interrupted: suite.interrupted,
		summary: {
			entries: suite.entries.length,
			held: counts.held,
			failed: counts.failed,
			notRun: counts['not-run'],
			crashed: counts.crashed,
		},
		entries: suite.entries.map(toEntry),
	};
}

function toEntry(entry: CheckedEntry): CheckDocumentEntry {
	const { name, kind, aor, line, verdict, because, seen, expectations, ms } = entry;
	return {
		name: wire(name),
		kind,
		aor: wire(aor),
		line,
		verdict,
		because: because === undefined ? null : wire(because),
		target: seen === undefined ? null : { ...seen.target, host: wire(seen.target.host) },
		outcome: seen?.outcome ?? null,
		finalStatus: seen?.finalStatus ?? null,
		grantedExpires: seen?.grantedExpires ?? null,
		cause: seen?.cause === undefined ? null : toCause(seen.cause),
		findings: seen?.findings ?? [],
		registeredMs: seen?.registeredMs ?? null,
		answeredMs: seen?.answeredMs ?? null,
		ms,
		expectations: expectations.map((one) => ({ ...one, text: wire(one.text) })),
	};
}

function toCause({ id, severity, title, summary, fix }: CheckedCause): CheckedCause {
	return {
		id,
		severity,
		title: wire(title),
		summary: wire(summary),
		fix: fix.map(({ who, what }) => ({ who, what: wire(what) })),
	};
}

function wire(text: string): string {
	return maskSecrets(readable(text));
}
