import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { toErrorDocument } from '../../src/report/error-document.js';

const schema: unknown = JSON.parse(readFileSync('schemas/error.schema.json', 'utf8'));

describe('toErrorDocument', () => {
	it('is what the schema says', () => {
		const ajv = new Ajv2020({ strict: true });
		const valid = ajv.validate(
			Object(schema),
			toErrorDocument('NO_SUCH_FILE', 'no such file', ['look again']),
		);
		expect(ajv.errors ?? []).toEqual([]);
		expect(valid).toBe(true);
	});

	it('holds no secret of the message or of a suggestion', () => {
		const text = JSON.stringify(
			toErrorDocument('USAGE', 'password=s3cret', ['sip:1001:s3cret@example.com']),
		);
		expect(text).not.toContain('s3cret');
	});
});
