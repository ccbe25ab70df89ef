/** Analyses that fast-check invents, with hostile text wherever the wire can put some. */
import fc from 'fast-check';
import { STEP_STATES } from '../../src/analysis/analysis.js';
import {
	ACTORS,
	CONFIDENCES,
	type Evidence,
	type Finding,
	SEVERITIES,
} from '../../src/diagnosis/finding.js';
import { OUTCOMES } from '../../src/registration/registration.js';
import type { ScannerSource } from '../../src/registration/scanner.js';
import { VANTAGES } from '../../src/registration/vantage.js';
import {
	analysis,
	NAT,
	observed,
	PHONE,
	portUnreachable,
	refusedAttempt,
	registerRequest,
	registration,
	SERVER,
	START,
	sipResponse,
	source,
	threeLegAttempt,
	unansweredAttempt,
} from './analysis-builder.js';

const text = fc.oneof(
	fc.string({ unit: 'binary', maxLength: 40 }),
	fc.string({ unit: 'grapheme', maxLength: 300 }),
	fc.lorem({ maxCount: 30 }),
	fc.constant('\x1b]0;owned\x07\x9b2J\u202e'),
);
const id = fc.constantFrom('realm-mismatch', 'no-response', 'ip-as-domain', 'wrong-password');
const at = fc.integer({ min: -1_000_000, max: 100_000_000 }).map((offset) => START + offset);
const sourceName = fc.constantFrom('phone.pcap', 'server.pcap');

const evidence: fc.Arbitrary<Evidence> = fc.record({
	source: sourceName,
	frame: fc.nat(20),
	at,
	field: text,
	text,
});

const finding: fc.Arbitrary<Finding> = fc.record({
	id,
	severity: fc.constantFrom(...SEVERITIES),
	confidence: fc.constantFrom(...CONFIDENCES),
	attempt: fc.nat(3),
	mended: fc.boolean(),
	title: text,
	summary: text,
	evidence: fc
		.tuple(evidence, fc.array(evidence, { maxLength: 20 }))
		.map(([first, others]) => [first, ...others] as const),
	fix: fc.array(fc.record({ who: fc.constantFrom(...ACTORS), what: text }), { maxLength: 3 }),
});

const attempts = fc.constantFrom(
	[],
	[refusedAttempt()],
	[unansweredAttempt([portUnreachable(14, 31_510)]), refusedAttempt()],
	[threeLegAttempt()],
	Array.from({ length: 12 }, refusedAttempt),
);

const messages = fc.array(
	fc.record({
		observed: fc
			.tuple(text, fc.nat(9), fc.constantFrom(PHONE, NAT, SERVER), fc.constantFrom(PHONE, SERVER))
			.map(([phrase, frame, from, to]) =>
				observed(
					frame % 2 === 0 ? sipResponse(404, phrase) : registerRequest(frame),
					frame,
					frame,
					[from, to],
				),
			),
		retransmission: fc.boolean(),
	}),
	{ maxLength: 12 },
);

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const registrations = fc
	.record({
		aor: maybe(text),
		target: fc.record({
			host: text,
			port: fc.nat(65_535),
			transport: fc.constantFrom('udp' as const, 'tcp' as const, 'tls' as const),
		}),
		userAgent: maybe(text),
		instanceId: maybe(text),
		callIds: fc.array(text, { maxLength: 3 }),
		outcome: fc.constantFrom(...OUTCOMES),
		finalStatus: maybe(fc.integer({ min: 200, max: 699 })),
		grantedExpires: maybe(fc.nat()),
		attempts,
		cause: maybe(finding),
		findings: fc.array(finding, { maxLength: 3 }),
		cannotTell: fc.array(fc.record({ id, because: text, decidedBy: text }), { maxLength: 2 }),
		steps: fc.array(
			fc.record({ id, state: fc.constantFrom(...STEP_STATES), ms: maybe(fc.nat(9999)), text }),
			{ maxLength: 3 },
		),
		more: maybe(messages),
	})
	.map(({ more, ...facts }) =>
		registration(more === undefined ? facts : { ...facts, messages: more }),
	);

const sources = fc.constantFrom('phone.pcap', 'server.pcap').chain((name) =>
	fc
		.record({
			linkTypes: fc.array(text, { maxLength: 2 }),
			packets: fc.nat(),
			firstPacketAt: maybe(at),
			lastPacketAt: maybe(at),
			truncated: fc.boolean(),
			clockOffsetMs: fc.integer({ min: -5000, max: 5000 }),
			vantage: fc.constantFrom(...VANTAGES),
			vantageReason: text,
			oddities: fc.array(
				fc.record({
					kind: text,
					layer: text,
					count: fc.integer({ min: 1 }),
					firstFrame: fc.nat(),
					text,
				}),
				{ maxLength: 3 },
			),
		})
		.map((facts) => source({ ...facts, name })),
);

const seen = fc.record({ source: sourceName, frame: fc.nat(20), at });

const scanner: fc.Arbitrary<ScannerSource> = fc.record({
	address: fc.ipV4(),
	userAgent: fc.option(text, { nil: undefined }),
	kind: fc.constantFrom('tool' as const, 'enumeration' as const, 'guessing' as const),
	because: fc.constant('it names itself'),
	server: fc.constant('192.0.2.10:5060 over UDP'),
	// A tool may send nothing but OPTIONS and INVITE.
	registers: fc.oneof(fc.constant(0), fc.nat(1_000_000)),
	others: fc.constantFrom(new Map(), new Map([['OPTIONS', 3]])),
	aors: fc.record({ count: fc.nat(5_000), atLeast: fc.boolean() }),
	names: fc.array(text, { maxLength: 8 }),
	withCredentials: fc.nat(100),
	statuses: fc
		.array(fc.tuple(fc.integer({ min: 200, max: 699 }), fc.integer({ min: 1, max: 99 })))
		.map((entries) => new Map(entries)),
	first: seen,
	last: seen,
	accepted: fc.option(
		fc.tuple(seen, text).map(([place, name]) => ({ ...place, name })),
		{ nil: undefined },
	),
});

export const analyses = fc
	.record({
		sources: fc.array(sources, { maxLength: 2 }),
		registrations: fc.array(registrations, { maxLength: 4 }),
		findings: fc.array(finding, { maxLength: 2 }),
		scanners: fc.record({
			sources: fc.array(scanner, { maxLength: 3 }),
			others: fc.record({ sources: fc.nat(9), registers: fc.nat(9), requests: fc.nat(9) }),
		}),
		experiments: fc.array(
			fc.record({
				source: fc.constant('probe'),
				...{ id: fc.constantFrom('alg', 'stun'), verdict: fc.constantFrom('no-alg', 'measured') },
				...{ text, columns: fc.constant(['request', 'answer']) },
				rows: fc.array(fc.tuple(text, text), { maxLength: 3 }),
			}),
			{ maxLength: 2 },
		),
		omitted: fc.constant([]),
		responseTimesMs: fc
			.array(fc.nat(60_000), { maxLength: 5 })
			.map((times) => times.toSorted((a, b) => a - b)),
	})
	.map(analysis);
