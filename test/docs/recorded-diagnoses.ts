import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CapturesById, Reasons } from './diagnoses-table.js';

const CAPTURES = join(import.meta.dirname, '../../fixtures/captures');

interface PlaceTruth {
	readonly cause?: string | null;
	readonly finds?: readonly string[];
	readonly causeWithAccount?: string;
	readonly others?: readonly PlaceTruth[];
}

/** What the truth.json of each capture names, by id: captures of which it is the cause first. */
export function recordedDiagnoses(): CapturesById {
	const causes = new Map<string, string[]>();
	const finds = new Map<string, string[]>();
	for (const scenario of readdirSync(CAPTURES)) {
		for (const truth of truthsOf(scenario)) {
			for (const id of causesOf(truth)) note(causes, id, scenario);
			for (const id of truth.finds ?? []) note(finds, id, scenario);
		}
	}
	const ids = [...new Set([...causes.keys(), ...finds.keys()])];
	return new Map(
		ids.map((id) => [id, [...new Set([...(causes.get(id) ?? []), ...(finds.get(id) ?? [])])]]),
	);
}

/** fixtures/captures/not-made.json: an id and the reason why the lab makes no capture of it. */
export function reasonsOf(): Reasons {
	// Compared by the tests beside it: each key with the catalogue, each value with the empty string.
	return JSON.parse(readFileSync(join(CAPTURES, 'not-made.json'), 'utf8')) as Reasons;
}

function truthsOf(scenario: string): readonly PlaceTruth[] {
	const file = join(CAPTURES, scenario, 'truth.json');
	if (!existsSync(file)) return [];
	// The recorder writes it in this shape; test/captures.test.ts holds it to the captures.
	const { phone, wan, proxy, server, together } = JSON.parse(readFileSync(file, 'utf8')) as Record<
		'phone' | 'wan' | 'proxy' | 'server' | 'together',
		PlaceTruth | undefined
	>;
	return [phone, wan, proxy, server, together].filter((place) => place !== undefined);
}

function causesOf({ cause, causeWithAccount, others = [] }: PlaceTruth): readonly string[] {
	return [cause, causeWithAccount, ...others.map((other) => other.cause)].filter(
		(id) => typeof id === 'string',
	);
}

function note(names: Map<string, string[]>, id: string, scenario: string): void {
	const known = names.get(id);
	if (known === undefined) names.set(id, [scenario]);
	else known.push(scenario);
}
