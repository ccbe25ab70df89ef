/* A phone of which no REGISTER was read, in every form of the report. */
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { exitCode } from '../../src/report/exit-code.js';
import { toJsonDocument } from '../../src/report/json.js';
import { renderTerminal } from '../../src/report/terminal.js';
import { analyseTranscript } from '../support/transcript.js';

const analysis = analyseTranscript(
	[
		'# until 40\n+0.1 TLS certificate 192.168.1.10:49152 > 203.0.113.5:5061 [name=sip.example.com]',
		'[alert=client:48] [closed=client] [cert=CN=a|CN=b|sip.example.com|2025-01-01|2027-01-01]\n',
	].join(' '),
);

describe('the report of a phone that no REGISTER was read of', () => {
	const lines = renderTerminal(analysis, { columns: 100, colour: false }).split('\n');

	it('names its address, and the server by the name that the phone uses', () => {
		expect(lines[0]).toBe('✗ the phone at 192.168.1.10 towards sip.example.com:5061 over TLS');
		expect(lines[2]).toBe('  1 attempt · no REGISTER could be read · from 192.168.1.10:49152');
	});

	it('shows the cause with its frame', () => {
		expect(lines).toContain('  cause  fatal[tls-untrusted-certificate] proven');
		expect(lines).toContain('  evidence  frame.number == 1');
	});

	it('gives a filter for the whole conversation in place of a Call-ID', () => {
		expect(lines).toContain(
			'  all       ip.addr == 192.168.1.10 && ip.addr == 203.0.113.5 && tcp.port == 5061',
		);
	});

	it('is JSON of the schema, with null for the address-of-record', () => {
		const schema: unknown = JSON.parse(readFileSync('schemas/report.schema.json', 'utf8'));
		const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(Object(schema));
		const document: unknown = JSON.parse(
			JSON.stringify(toJsonDocument(analysis, { name: 'sipdoctor', version: '0.1.0' })),
		);
		validate(document);
		expect(validate.errors ?? []).toEqual([]);
		expect(document).toMatchObject({
			registrations: [
				{
					aor: null,
					target: { host: 'sip.example.com', port: 5061, transport: 'tls' },
					outcome: 'unreachable',
					path: [{ client: '192.168.1.10:49152', server: '203.0.113.5:5061' }],
					messages: [],
				},
			],
		});
	});

	it('has the exit code of a failure, and not that of a capture without any REGISTER', () => {
		expect(exitCode(analysis, 'fatal')).toBe(1);
	});
});
