import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/diagnosis/catalogue.js';
import { causesOfStatus } from '../../src/diagnosis/status-causes.js';
import { sipdoctor } from '../support/sipdoctor.js';

const schema = JSON.parse(
	readFileSync(new URL('../../schemas/explain.schema.json', import.meta.url), 'utf8'),
) as object;

describe('explain', () => {
	it('lists every diagnosis', async () => {
		const { stdout, code } = await sipdoctor(['explain']);
		for (const { id } of CATALOGUE) expect(stdout).toContain(id);
		expect(code).toBe(0);
	});

	it('explains a diagnosis: meaning, causes, confirmation, look-alikes, fix', async () => {
		const { stdout } = await sipdoctor(['explain', 'realm-mismatch']);
		expect(stdout).toMatch(/realm in the credentials is none of the realms/);
		expect(stdout).toMatch(/RFC 7616/);
	});

	it('says that a 403 is not always the password', async () => {
		const { stdout } = await sipdoctor(['explain', '403']);
		expect(stdout).toMatch(/Forbidden/);
		expect(stdout).toMatch(/forbidden-before-challenge/);
	});

	it('gives the same as JSON', async () => {
		const { stdout } = await sipdoctor(['explain', '423', '--json']);
		expect(JSON.parse(stdout)).toMatchObject({
			schemaVersion: 1,
			kind: 'status',
			status: { code: 423 },
		});
	});

	it.each([[], ['realm-mismatch'], ['403']])(
		'prints JSON that its schema knows: explain %s',
		async (...args) => {
			const { stdout } = await sipdoctor(['explain', ...args, '--json']);
			const ajv = new Ajv2020({ allErrors: true, strict: false });
			const holds = ajv.compile(schema);
			holds(JSON.parse(stdout));
			expect(holds.errors ?? []).toEqual([]);
		},
	);

	it('names only diagnoses that exist beside a status code', () => {
		const ids = CATALOGUE.map(({ id }) => id);
		for (let code = 100; code < 700; code += 1) {
			for (const id of causesOfStatus(code)) expect(ids).toContain(id);
		}
	});

	it('exits 2 for what it does not know, and says what is near', async () => {
		const { stderr, code } = await sipdoctor(['explain', 'realm-mismatched']);
		expect(code).toBe(2);
		expect(stderr).toMatch(/realm-mismatch/);
	});
});
