import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/diagnosis/catalogue.js';
import { sipdoctor } from '../support/sipdoctor.js';

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

	it('exits 2 for what it does not know, and says what is near', async () => {
		const { stderr, code } = await sipdoctor(['explain', 'realm-mismatched']);
		expect(code).toBe(2);
		expect(stderr).toMatch(/realm-mismatch/);
	});
});
