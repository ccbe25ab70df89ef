import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCsv } from '../../src/usecase/csv.js';

const records = (text: string): readonly Record<string, string>[] =>
	parseCsv(text).map((record) => Object.fromEntries(record));

describe('comma-separated values', () => {
	it('are records named by the header line', () => {
		expect(records('username,password\n1001,secret\n1002,other\n')).toEqual([
			{ username: '1001', password: 'secret' },
			{ username: '1002', password: 'other' },
		]);
	});

	it('may end their lines with CRLF, LF or CR, and the last one with nothing', () => {
		for (const end of ['\r\n', '\n', '\r'])
			expect(records(['a,b', '1,2', '3,4'].join(end))).toHaveLength(2);
	});

	it('may have commas, quotes and line ends in quotes', () => {
		expect(records('a,b\n"1,2","say ""hi""\nthere"\n')).toEqual([
			{ a: '1,2', b: 'say "hi"\nthere' },
		]);
	});

	it('have names without regard to case and outer blanks', () => {
		expect(records(' Username , PASSWORD \n1,2\n')).toEqual([{ username: '1', password: '2' }]);
	});

	it('keep the blanks of a value: a password may begin or end with one', () => {
		expect(records('a,b\n1, secret \n')).toEqual([{ a: '1', b: ' secret ' }]);
	});

	it('have an empty last field where the line ends with a comma', () => {
		expect(records('a,b\n1,\n')).toEqual([{ a: '1', b: '' }]);
		expect(records('a,b\n1,')).toEqual([{ a: '1', b: '' }]);
	});

	it('leave blank lines out', () => {
		expect(records('a\n\n1\n\n2\n')).toEqual([{ a: '1' }, { a: '2' }]);
	});

	it('have empty fields where a line is short', () => {
		expect(records('a,b\n1\n')).toEqual([{ a: '1', b: '' }]);
	});

	it('are none where there is nothing but a header line, or not even that', () => {
		expect(records('a,b\n')).toEqual([]);
		expect(records('')).toEqual([]);
	});

	it('come back as they were written, whatever is in them', () => {
		const field = fc.string({ minLength: 1, maxLength: 12, unit: 'binary' });
		const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
		fc.assert(
			fc.property(fc.array(fc.tuple(field, field), { maxLength: 8 }), (rows) => {
				const text = ['a,b', ...rows.map((row) => row.map(quoted).join(','))].join('\r\n');
				expect(records(text)).toEqual(rows.map(([a, b]) => ({ a, b })));
			}),
		);
	});

	it('are read to the end of any text without a fault', () => {
		fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseCsv(text)));
	});
});
