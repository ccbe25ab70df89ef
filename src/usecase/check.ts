/** `sipdoctor check`: the accounts and endpoints of a suite, each by a probe, held against what is expected of them. */
import type { Timers } from '../probe/timers.js';
import { systemTimers } from '../probe/timers.js';
import type { CheckedEntry, CheckedSuite } from '../report/check-document.js';
import { type ProbeSurroundings, probeRequest } from './check/probe-request.js';
import { readSuite } from './check/read-suite.js';
import { notRun, runSuite } from './check/run-suite.js';
import type { SuiteWorld } from './check/secret-reference.js';
import { seenIn } from './check/seen.js';
import type { Suite, SuiteEntry } from './check/suite.js';
import { failureOf } from './failure.js';
import { type ProbeOutcome, type ProbeRequest, probeAor } from './probe-aor.js';

export interface CheckRequest extends ProbeSurroundings {
	/** The YAML text, and what to call it. */
	readonly suite: { readonly text: string; readonly name: string };
	readonly world: SuiteWorld;
	/** Wins over the suite's own. */
	readonly parallel: number | undefined;
	/** Ctrl-C: every probe removes its binding, the rest is not tried. */
	readonly signal: AbortSignal;
	readonly onDone: (entry: CheckedEntry, total: number) => void;
	/** The machine's own unless a test has others. */
	readonly timers?: Timers;
	readonly probe?: (request: ProbeRequest) => Promise<ProbeOutcome>;
}

/** Throws UsageError where the suite is wrong; everything that happens to an entry is its result. */
export async function checkSuite(request: CheckRequest): Promise<CheckedSuite> {
	const { suite: given, world, signal, probe = probeAor } = request;
	const suite = withParallel(readSuite(given.text, given.name, world), request.parallel);
	const startedAt = Date.now() * 1000;
	const since = performance.now();
	const entries = await runSuite(suite, {
		tryEntry: (entry, own) => tryEntry(entry, (it) => probe(probeRequest(it, own, request))),
		timers: request.timers ?? systemTimers,
		signal,
		onDone: (entry) => request.onDone(entry, suite.entries.length),
	});
	const ms = elapsed(since);
	return { file: suite.file, startedAt, ms, interrupted: signal.aborted, entries };
}

function withParallel(suite: Suite, parallel: number | undefined): Suite {
	return parallel === undefined ? suite : { ...suite, parallel };
}

async function tryEntry(
	entry: SuiteEntry,
	probe: (entry: SuiteEntry) => Promise<ProbeOutcome>,
): Promise<CheckedEntry> {
	const since = performance.now();
	try {
		const outcome = await probe(entry);
		if (outcome.interrupted) return { ...notRun(entry, 'interrupted'), ms: elapsed(since) };
		return judged(entry, outcome, elapsed(since));
	} catch (error) {
		const known = failureOf(error);
		if (known !== undefined) return { ...notRun(entry, known.message), ms: elapsed(since) };
		// A fault of ours is the result of this entry, and not the end of the others.
		const because = `a fault of sipdoctor itself: ${error instanceof Error ? error.message : 'unknown'}`;
		return { ...notRun(entry, because), verdict: 'crashed', ms: elapsed(since) };
	}
}

function judged(entry: SuiteEntry, outcome: ProbeOutcome, ms: number): CheckedEntry {
	const found = seenIn(outcome);
	if (found === undefined)
		return { ...notRun(entry, 'the probe saw nothing'), verdict: 'crashed', ms };
	const { tlsDaysLeft: _days, alg: _alg, ...seen } = found;
	const expectations = entry.expectations.map(({ key, line, judge }) => {
		return { key, line, ...judge(found) };
	});
	const holds = expectations.every(({ state }) => state === 'held');
	const { name, kind, aor, line } = entry;
	const verdict = holds ? 'held' : 'failed';
	return { name, kind, aor, line, verdict, because: undefined, seen, expectations, ms };
}

function elapsed(since: number): number {
	return Math.round(performance.now() - since);
}
