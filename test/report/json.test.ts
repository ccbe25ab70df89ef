import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Analysis } from '../../src/analysis/analysis.js';
import { ACTORS, CONFIDENCES, SEVERITIES } from '../../src/diagnosis/finding.js';
import { OUTCOMES } from '../../src/registration/registration.js';
import { toJsonDocument } from '../../src/report/json.js';
import { analyses } from './analysis-arbitrary.js';
import {
	analysis,
	evidence,
	finding,
	registration,
	source,
	threeLegAttempt,
} from './analysis-builder.js';

const schema: unknown = JSON.parse(readFileSync('schemas/report.schema.json', 'utf8'));
const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(Object(schema));
const TOOL = { name: 'sipdoctor', version: '0.1.0' };

const errorsOf = (given: Analysis) => {
	validate(JSON.parse(JSON.stringify(toJsonDocument(given, TOOL))));
	return validate.errors ?? [];
};

describe('the JSON report', () => {
	it('is what the schema says, for a phone that was refused', () => {
		expect(errorsOf(analysis())).toEqual([]);
	});

	it('is what the schema says, for any analysis', () => {
		fc.assert(
			fc.property(analyses, (given) => {
				expect(errorsOf(given)).toEqual([]);
			}),
			{ numRuns: 150 },
		);
	});

	it('is refused by the schema with a field too many or one too few', () => {
		const document = toJsonDocument(analysis(), TOOL);
		expect(validate({ ...document, more: 1 })).toBe(false);
		expect(validate({ ...document, summary: undefined })).toBe(false);
	});

	it('has null where nothing is known', () => {
		const unknown = registration({
			aor: undefined,
			userAgent: undefined,
			finalStatus: undefined,
			cause: undefined,
		});
		expect(
			toJsonDocument(analysis({ registrations: [unknown] }), TOOL).registrations[0],
		).toMatchObject({
			aor: null,
			userAgent: null,
			finalStatus: null,
			grantedExpires: null,
			cause: null,
		});
	});

	it('gives times in RFC 3339 and endpoints as ip:port', () => {
		expect(toJsonDocument(analysis(), TOOL).registrations[0]?.messages[1]).toEqual({
			source: 'phone.pcap',
			frame: 4,
			frames: [4],
			at: '2026-11-21T07:32:39.021000Z',
			from: '192.0.2.10:5060',
			to: '10.0.0.5:5060',
			transport: 'udp',
			summary: '401 Unauthorized',
			retransmission: false,
		});
	});

	it('lists the legs of the path, phone first', () => {
		const legs = registration({ attempts: [threeLegAttempt()] });
		const path = toJsonDocument(analysis({ registrations: [legs] }), TOOL).registrations[0]?.path;
		expect(path?.map(({ client }) => client)).toEqual([
			'10.0.0.5:5060',
			'203.0.113.9:40112',
			'192.0.2.2:5080',
		]);
	});

	it('counts only outcomes and causes that occur', () => {
		const good = registration({ outcome: 'registered', cause: undefined });
		const open = registration({ outcome: 'open', cause: undefined });
		const given = analysis({
			registrations: [good, open, registration()],
			omitted: [{ outcome: 'registered', cause: undefined, count: 2 }],
		});
		expect(toJsonDocument(given, TOOL).summary).toMatchObject({
			registrations: 5,
			byOutcome: { registered: 3, rejected: 1, open: 1 },
			byCause: { 'realm-mismatch': 1 },
			successRatio: 0.75,
			responseTimeMs: { median: 21, p95: 21 },
			omitted: 2,
		});
	});

	it('counts failures by User-Agent, network and server, and those that were not kept', () => {
		const good = registration({ outcome: 'registered', cause: undefined });
		const whereabouts = { userAgent: 'Old/1', network: '192.0.2.0/24', server: undefined };
		const given = analysis({
			registrations: [good, registration()],
			omitted: [{ outcome: 'unanswered', cause: undefined, count: 3, whereabouts }],
		});
		const { byUserAgent, byNetwork, byServer } = toJsonDocument(given, TOOL).summary.failures;
		expect(byUserAgent).toEqual([
			{ name: 'Old/1', registrations: 3, failed: 3, byCause: {} },
			{
				name: 'Yealink SIP-T46S 66.85.0.5',
				registrations: 2,
				failed: 1,
				byCause: { 'realm-mismatch': 1 },
			},
		]);
		expect(byNetwork.map(({ name }) => name)).toEqual(['192.0.2.0/24', '10.0.0.0/24']);
		expect(byServer.map(({ name }) => name)).toEqual([null, '192.0.2.10:5060']);
	});

	it('has no ratio and no times where nothing ended', () => {
		const open = registration({ outcome: 'open', cause: undefined });
		const { summary } = toJsonDocument(
			analysis({ registrations: [open], responseTimesMs: [] }),
			TOOL,
		);
		expect(summary.successRatio).toBeNull();
		expect(summary.responseTimeMs).toEqual({ median: null, p95: null });
	});

	it('takes the mean of the two middle response times and the nearest rank of 95 %', () => {
		const times = Array.from({ length: 40 }, (_, index) => index + 1);
		const { summary } = toJsonDocument(analysis({ responseTimesMs: times }), TOOL);
		expect(summary.responseTimeMs).toEqual({ median: 20.5, p95: 38 });
	});

	it('holds no digest response and no password', () => {
		const secret = '6629fae49393a05397450978507c4ef1';
		const leaking = finding({
			summary: `response="${secret}"`,
			evidence: [evidence(1, 0, 'Authorization response', secret)],
			fix: [{ who: 'phone', what: 'password=s3cret' }],
		});
		const given = analysis({
			registrations: [registration({ aor: 'sip:1001:s3cret@example.com', cause: leaking })],
			sources: [
				source({
					oddities: [
						{ kind: 'x', layer: 'sip', count: 1, firstFrame: 1, text: `response=${secret}` },
					],
				}),
			],
		});
		expect(JSON.stringify(toJsonDocument(given, TOOL))).not.toMatch(/s3cret|6629fae4/);
	});

	it('survives a time beyond every calendar', () => {
		expect(errorsOf(analysis({ sources: [source({ lastPacketAt: 1.8e19 })] }))).toEqual([]);
	});

	it('names in its schema every outcome, severity, confidence and actor there is', () => {
		const text = JSON.stringify(schema);
		for (const words of [OUTCOMES, SEVERITIES, CONFIDENCES, ACTORS]) {
			expect(text).toContain(JSON.stringify({ enum: words }));
		}
	});
});
