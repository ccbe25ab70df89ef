import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { analyseCaptures } from '../../src/usecase/analyse-captures.js';
import { failureOf } from '../../src/usecase/failure.js';
import { openCapture } from '../../src/usecase/open-capture.js';

const CAPTURES = join(import.meta.dirname, '../../fixtures/captures');
const PHONE = join(CAPTURES, 'wrong-password/phone.pcap');
const SERVER = join(CAPTURES, 'wrong-password/server.pcap');
const folder = mkdtempSync(join(tmpdir(), 'sipdoctor-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Reads these, and has the user press Ctrl-C once so much of the first is read. */
function interrupted(paths: readonly string[], after: number) {
	const abort = new AbortController();
	if (after === 0) abort.abort();
	const onProgress = (bytes: number) => {
		if (bytes >= after) abort.abort();
	};
	const captures = paths.map((name) => ({
		name,
		chunks: openCapture(name, { signal: abort.signal, follow: false, onProgress }),
	}));
	return analyseCaptures({ captures, accounts: [], vantages: new Map() });
}

describe('a capture that cannot be read', () => {
	it('is named where there are several, once', async () => {
		const missing = join(folder, 'missing.pcap');
		const error: unknown = await interrupted([PHONE, missing], Infinity).catch((reason) => reason);
		expect(String(error).split(missing)).toHaveLength(2);
	});
});

describe('several captures of which the user has had enough', () => {
	it('are told as far as they were read', async () => {
		const { sources, registrations } = await interrupted([PHONE, SERVER], 1);
		expect(sources.map(({ name }) => name)).toEqual([PHONE]);
		expect(registrations.map(({ cause }) => cause?.id)).toEqual(['wrong-password']);
	});

	it('are no empty captures where nothing was read at all', async () => {
		const error: unknown = await interrupted([PHONE, SERVER], 0).catch((reason) => reason);
		expect(failureOf(error)).toMatchObject({ kind: 'interrupted', code: 'INTERRUPTED' });
		expect(String(error)).toContain(PHONE);
	});

	it('still fail for one that cannot be read, which is named', async () => {
		const text = join(folder, 'text.pcap');
		writeFileSync(text, 'no capture, only words\n'.repeat(9));
		await expect(interrupted([PHONE, text], 1_000_000_000)).rejects.toThrow(
			`${text}: this is a text file`,
		);
	});
});
