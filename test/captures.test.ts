/*
 * Every capture taken in the lab gets exactly the outcome and the cause that its truth.json states, with and without
 * the accounts, at every place; every healthy one gets none.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Analysis } from '../src/analysis/analysis.js';
import { readChunks } from '../src/capture/file-reader.js';
import { CATALOGUE } from '../src/diagnosis/catalogue.js';
import { exitCode } from '../src/report/exit-code.js';
import { toJsonDocument } from '../src/report/json.js';
import { toJsonText } from '../src/report/json-text.js';
import { renderTerminal } from '../src/report/terminal.js';
import { parseAccounts } from '../src/usecase/accounts.js';
import { analyseCapture } from '../src/usecase/analyse-capture.js';
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
	/** The other registrations of the capture, in the order of the report. */
	readonly others?: readonly { readonly outcome: string; readonly cause: string | null }[];
	/** The exit code where the capture holds no REGISTER. */
	readonly exit?: number;
}

interface Truth {
	readonly accounts: readonly object[];
	readonly phone?: PlaceTruth;
	readonly wan?: PlaceTruth;
	readonly proxy?: PlaceTruth;
	readonly server?: PlaceTruth;
}

function analyseFile(file: string, accounts: string): Promise<Analysis> {
	return analyseCapture({
		name: file,
		chunks: readChunks(file),
		accounts: accounts === '[]' ? [] : parseAccounts(accounts, 'truth.json'),
	});
}

const scenarios = readdirSync(CAPTURES).filter((name) =>
	existsSync(join(CAPTURES, name, 'truth.json')),
);

it('there are at least forty incidents, and one without a cause for every four', () => {
	expect(scenarios.length).toBeGreaterThanOrEqual(40);
	const healthy = scenarios.filter((name) => {
		const { phone, proxy, server } = truthOf(name);
		return [phone, proxy, server].every((place) => (place?.cause ?? null) === null);
	});
	expect(healthy.length * 4).toBeGreaterThanOrEqual(scenarios.length);
});

/** The rules about what the network itself says, and about what leads a phone astray before SIP is spoken. */
const NETWORK =
	/^(?:tcp|tls|dns)-|^(?:mtu-blackhole|fragment-lost|gateway-unreachable|wrong-service|ws-handshake-refused|srv-not-used|flow-closed|(?:port|host)-unreachable|admin-prohibited)$/;

it('every cause that the network itself names was recorded', () => {
	const ids = CATALOGUE.map(({ id }) => id).filter((id) => NETWORK.test(id));
	const recorded = new Set(
		scenarios.flatMap((scenario) => {
			const { phone, proxy, server } = truthOf(scenario);
			return [phone?.cause, proxy?.cause, server?.cause];
		}),
	);
	expect(ids.length).toBeGreaterThanOrEqual(28);
	expect(ids.filter((id) => !recorded.has(id))).toEqual([]);
});

function truthOf(scenario: string): Truth {
	// The recorder writes it in this shape, and the assertions below fail on any other.
	return JSON.parse(readFileSync(join(CAPTURES, scenario, 'truth.json'), 'utf8')) as Truth;
}

describe.each(scenarios)('%s', (scenario) => {
	const truth = truthOf(scenario);
	const places = (['phone', 'wan', 'proxy', 'server'] as const).flatMap((place) => {
		const told = truth[place];
		return told === undefined ? [] : [{ place, told }];
	});

	describe.each(places)('seen at the $place', ({ place, told }) => {
		const pcap = join(CAPTURES, scenario, `${place}.pcap`);
		// What a probe saved.
		const file = existsSync(pcap) ? pcap : `${pcap}ng`;
		it.each([
			['without an account', '[]'],
			['with the account', JSON.stringify(truth.accounts)],
		])('has its outcome and its cause %s', async (_how, accounts) => {
			const analysis = await analyseFile(file, accounts);
			if (told.exit !== undefined) {
				expect(exitCode(analysis, 'fatal')).toBe(told.exit);
				return;
			}
			const [registration, ...others] = analysis.registrations;
			expect(others.map(({ outcome, cause }) => ({ outcome, cause: cause?.id ?? null }))).toEqual(
				told.others ?? [],
			);
			const proven = accounts === '[]' ? undefined : told.causeWithAccount;
			expect({
				outcome: registration?.outcome,
				cause: registration?.cause?.id ?? null,
				finalStatus: registration?.finalStatus ?? null,
			}).toEqual({
				outcome: told.outcome,
				cause: proven ?? told.cause,
				finalStatus: told.finalStatus,
			});
			const found = [...(registration?.findings ?? []), ...analysis.findings].map(({ id }) => id);
			expect(found).toEqual(expect.arrayContaining([...(told.finds ?? [])]));
		});

		it("has the same cause with an account that is not the phone's", async () => {
			if (told.exit !== undefined) return;
			const analysis = await analyseFile(file, withOtherPassword(truth.accounts));
			const [registration] = analysis.registrations;
			expect({ outcome: registration?.outcome, cause: registration?.cause?.id ?? null }).toEqual({
				outcome: told.outcome,
				cause: told.cause,
			});
		});

		it('prints no password', async () => {
			const analysis = await analyseFile(file, JSON.stringify(truth.accounts));
			const paper = { columns: 100, colour: false };
			const tool = { name: 'sipdoctor', version: '0.0.0' };
			const printed = renderTerminal(analysis, paper) + toJsonText(toJsonDocument(analysis, tool));
			expect(printed).not.toContain('s3cret-lab');
		});
	});
});
