import { describe, expect, it } from 'vitest';
import type { CheckedEntry } from '../../../src/report/check-document.js';
import { runSuite } from '../../../src/usecase/check/run-suite.js';
import type { SuiteEntry } from '../../../src/usecase/check/suite.js';
import { VirtualTimers } from '../../probe/virtual-timers.js';
import { suiteOf } from './suite-text.js';

function result(entry: SuiteEntry, more: Partial<CheckedEntry> = {}): CheckedEntry {
	const { name, kind, aor, line } = entry;
	const nothing = { because: undefined, seen: undefined, expectations: [], ms: 1 };
	return { name, kind, aor, line, verdict: 'held', ...nothing, ...more };
}

const REFUSED = {
	target: { host: 'b.example', port: 5060, transport: 'udp' },
	outcome: 'rejected',
	finalStatus: 401,
	grantedExpires: undefined,
	cause: undefined,
	findings: [],
	registeredMs: undefined,
	answeredMs: undefined,
} as const;

/** A run whose entries take 1 s each, and what went on at one time. */
class Watched {
	readonly timers = new VirtualTimers();
	readonly abort = new AbortController();
	readonly started: { readonly aor: string; readonly at: number }[] = [];
	readonly running = new Set<string>();
	most = 0;
	twice = false;
	results: readonly CheckedEntry[] = [];

	async run(lines: readonly string[], more: Partial<CheckedEntry> = {}): Promise<void> {
		const running = runSuite(suiteOf(...lines), {
			timers: this.timers,
			signal: this.abort.signal,
			onDone: () => undefined,
			tryEntry: (entry, signal) => this.#try(entry, signal, more),
		});
		void running.then((results) => {
			this.results = results;
		});
		await this.timers.advance(0);
	}

	/** Lets the time pass, with room for promises in between. */
	async pass(seconds: number): Promise<void> {
		for (let step = 0; step < seconds * 100; step += 1) {
			await this.timers.advance(10);
			await new Promise((resolve) => setImmediate(resolve));
		}
	}

	#try(entry: SuiteEntry, signal: AbortSignal, more: Partial<CheckedEntry>): Promise<CheckedEntry> {
		const { canonicalAor } = entry;
		this.twice ||= this.running.has(canonicalAor);
		this.running.add(canonicalAor);
		this.most = Math.max(this.most, this.running.size);
		this.started.push({ aor: entry.aor, at: this.timers.now });
		return new Promise((resolve) => {
			const end = (): void => {
				this.running.delete(canonicalAor);
				resolve(result(entry, signal.aborted ? { verdict: 'not-run' } : more));
			};
			this.timers.after(1000, end);
			signal.addEventListener('abort', () => setImmediate(end), { once: true });
		});
	}
}

const TWENTY = Array.from({ length: 20 }, (_, index) => `  - aor: ${1000 + index}@b.example`);

describe('a run of a suite', () => {
	it('tries no more at once than it may', async () => {
		const watched = new Watched();
		await watched.run(['parallel: 3', 'starts-per-second: 100', 'accounts:', ...TWENTY]);
		await watched.pass(8);
		expect(watched.most).toBe(3);
		expect(watched.results).toHaveLength(20);
	});

	it('starts no more in a second than it may', async () => {
		const watched = new Watched();
		await watched.run(['parallel: 64', 'starts-per-second: 5', 'accounts:', ...TWENTY]);
		await watched.pass(6);
		const gaps = watched.started
			.slice(1)
			.map(({ at }, index) => at - (watched.started[index]?.at ?? 0));
		expect(Math.min(...gaps)).toBeGreaterThanOrEqual(200);
	});

	it('never tries one address-of-record twice at once, however it is written', async () => {
		const watched = new Watched();
		const same = [
			'  - aor: 1@b.example',
			'  - aor: sip:1@B.EXAMPLE',
			'  - aor: "1@b.example:5060"',
		];
		await watched.run(['starts-per-second: 100', 'accounts:', ...same, ...TWENTY.slice(0, 2)]);
		await watched.pass(5);
		expect(watched.twice).toBe(false);
		expect(watched.results).toHaveLength(5);
		expect(watched.started.slice(0, 3).map(({ aor }) => aor)).toEqual([
			'1@b.example',
			'1000@b.example',
			'1001@b.example',
		]);
	});

	it('gives the results in the order of the suite', async () => {
		const watched = new Watched();
		await watched.run(['starts-per-second: 100', 'accounts:', '  - aor: 1@b.example', ...TWENTY]);
		await watched.pass(5);
		expect(watched.results.map(({ line }) => line)).toEqual(
			watched.results.map((_, index) => index + 3),
		);
	});

	it('ends what runs and leaves out the rest when it is interrupted', async () => {
		const watched = new Watched();
		await watched.run(['parallel: 2', 'starts-per-second: 100', 'accounts:', ...TWENTY]);
		await watched.pass(0.5);
		watched.abort.abort();
		await watched.pass(0.1);
		expect(watched.running.size).toBe(0);
		expect(watched.started).toHaveLength(2);
		expect(watched.results.map(({ verdict }) => verdict)).toEqual(Array(20).fill('not-run'));
		expect(watched.timers.pending).toBeLessThanOrEqual(2);
	});

	it('is over at once where it was interrupted before it began', async () => {
		const watched = new Watched();
		watched.abort.abort();
		await watched.run(['accounts:', ...TWENTY]);
		await watched.pass(0.1);
		expect(watched.started).toEqual([]);
		expect(watched.results).toHaveLength(20);
	});

	it('leaves the server alone after too many refusals nobody expected', async () => {
		const watched = new Watched();
		const lines = [
			'parallel: 1',
			'starts-per-second: 100',
			'max-refused: 4',
			'accounts:',
			...TWENTY,
		];
		await watched.run(lines, { verdict: 'failed', seen: REFUSED });
		await watched.pass(8);
		expect(watched.started).toHaveLength(4);
		expect(watched.results.at(-1)?.because).toContain('a ban would hit everybody');
	});

	it('goes on after refusals that were expected', async () => {
		const watched = new Watched();
		const lines = [
			'parallel: 4',
			'starts-per-second: 100',
			'max-refused: 2',
			'accounts:',
			...TWENTY,
		];
		await watched.run(lines, { verdict: 'held', seen: REFUSED });
		await watched.pass(6);
		expect(watched.started).toHaveLength(20);
	});
});

describe('ALG experiments of a suite', () => {
	it('never run beside each other, as they need one port', async () => {
		const watched = new Watched();
		await watched.run([
			'starts-per-second: 100',
			'accounts:',
			'  - { aor: 1@b.example, alg: true }',
			'  - { aor: 2@b.example, alg: true }',
			'  - { aor: 3@b.example }',
		]);
		await watched.pass(3);
		expect(watched.started.map(({ aor }) => aor)).toEqual([
			'1@b.example',
			'3@b.example',
			'2@b.example',
		]);
		expect(watched.started.at(-1)?.at).toBeGreaterThanOrEqual(1000);
		expect(watched.results).toHaveLength(3);
	});
});
