/*
 * The captures of one incident analysed in one go: the outcome and cause of its truth.json, `together` where two places
 * prove more than one, else what the phone's place tells.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Analysis } from '../src/analysis/analysis.js';
import { readChunks } from '../src/capture/file-reader.js';
import { exitCode } from '../src/report/exit-code.js';
import { toJsonDocument } from '../src/report/json.js';
import { toJsonText } from '../src/report/json-text.js';
import { renderTerminal } from '../src/report/terminal.js';
import { parseAccounts } from '../src/usecase/accounts.js';
import { analyseCaptures } from '../src/usecase/analyse-captures.js';
import { withOtherPassword } from './support/other-password.js';

const CAPTURES = join(import.meta.dirname, '../fixtures/captures');

interface PlaceTruth {
	readonly outcome?: string;
	readonly cause?: string | null;
	readonly finalStatus?: number | null;
	/** Ids that must be among the other findings. */
	readonly finds?: readonly string[];
	/** The cause where the account is given and proves more. */
	readonly causeWithAccount?: string;
	/** The other registrations of the capture. */
	readonly others?: readonly object[];
	readonly exit?: number;
}

interface Truth {
	readonly accounts: readonly object[];
	readonly phone: PlaceTruth;
	/** Where it differs from what the phone's place tells. */
	readonly together?: PlaceTruth;
}

const scenarios = readdirSync(CAPTURES).filter(
	(name) =>
		existsSync(join(CAPTURES, name, 'truth.json')) &&
		existsSync(join(CAPTURES, name, 'server.pcap')),
);

function truthOf(scenario: string): Truth {
	// The recorder writes it in this shape, and the assertions below fail on any other.
	return JSON.parse(readFileSync(join(CAPTURES, scenario, 'truth.json'), 'utf8')) as Truth;
}

function filesOf(scenario: string): readonly string[] {
	return ['phone', 'wan', 'proxy', 'server']
		.map((place) => join(CAPTURES, scenario, `${place}.pcap`))
		.filter((file) => existsSync(file));
}

function analyseFiles(files: readonly string[], accounts: string): Promise<Analysis> {
	return analyseCaptures({
		captures: files.map((name) => ({ name, chunks: readChunks(name) })),
		accounts: accounts === '[]' ? [] : parseAccounts(accounts, 'truth.json'),
		vantages: new Map(),
	});
}

function verdictOf({ registrations: [registration] }: Analysis) {
	return {
		outcome: registration?.outcome,
		cause: registration?.cause?.id ?? null,
		finalStatus: registration?.finalStatus ?? null,
	};
}

describe.each(scenarios)('all captures of %s', (scenario) => {
	const truth = truthOf(scenario);
	const files = filesOf(scenario);
	const told = truth.together ?? truth.phone;

	it.each([
		['phone first, without an account', files, '[]'],
		['phone last, with the account', files.toReversed(), JSON.stringify(truth.accounts)],
	])('tell one story, %s', async (_how, given, accounts) => {
		const analysis = await analyseFiles(given, accounts);
		if (told.exit !== undefined) {
			expect(exitCode(analysis, 'fatal')).toBe(told.exit);
			return;
		}
		expect(analysis.registrations.length).toBe(1 + (told.others ?? []).length);
		const proven = accounts === '[]' ? undefined : told.causeWithAccount;
		expect(verdictOf(analysis)).toEqual({
			outcome: told.outcome,
			cause: proven ?? told.cause,
			finalStatus: told.finalStatus,
		});
		const found = [...(analysis.registrations[0]?.findings ?? []), ...analysis.findings];
		expect(found.map(({ id }) => id)).toEqual(expect.arrayContaining([...(told.finds ?? [])]));
	});

	it("tell the same with an account that is not the phone's", async () => {
		if (told.exit !== undefined) return;
		const analysis = await analyseFiles(files, withOtherPassword(truth.accounts));
		expect(verdictOf(analysis)).toEqual({
			outcome: told.outcome,
			cause: told.cause,
			finalStatus: told.finalStatus,
		});
	});

	it('print no password', async () => {
		const analysis = await analyseFiles(files, JSON.stringify(truth.accounts));
		const paper = { columns: 100, colour: false };
		const tool = { name: 'sipdoctor', version: '0.0.0' };
		const printed = renderTerminal(analysis, paper) + toJsonText(toJsonDocument(analysis, tool));
		expect(printed).not.toContain('s3cret-lab');
	});
});
