import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Analysis } from '../../src/analysis/analysis.js';
import type { RegisterTransaction } from '../../src/registration/registration.js';
import { renderTerminal } from '../../src/report/terminal.js';
import { textWidth } from '../../src/report/text-width.js';
import { analyses } from './analysis-arbitrary.js';
import {
	analysis,
	attempt,
	evidence,
	finding,
	observed,
	PHONE,
	portUnreachable,
	refusedAttempt,
	registerRequest,
	registration,
	SERVER,
	sipResponse,
	source,
	threeLegAttempt,
	transaction,
	unansweredAttempt,
} from './analysis-builder.js';

/** Eleven phones of two models behind two networks, four of which are refused. */
const MANY = Array.from({ length: 11 }, (_, index) =>
	registration({
		aor: `sip:${1000 + index}@example.com`,
		userAgent: index < 5 ? 'OldPhone/1' : 'NewPhone/2',
		...(index < 4 ? {} : { outcome: 'registered', cause: undefined }),
	}),
);

const WIDTHS = [60, 80, 120, 200];
const plain = (given: Analysis, columns = 100) => renderTerminal(given, { columns, colour: false });

const NO_RESPONSE = finding({
	id: 'no-response',
	confidence: 'strong',
	summary: '192.0.2.10:5060 answered none of 11 sends of the REGISTER within 31.5 s.',
	evidence: [
		evidence(3, 0, 'REGISTER', 'first send'),
		evidence(13, 31_500, 'Timer F', 'eleventh send'),
	],
	fix: [
		{ who: 'site-network', what: 'let UDP from 10.0.0.5 to 192.0.2.10 port 5060 and back through' },
	],
});

const PORT_CLOSED = finding({
	id: 'port-unreachable',
	summary: '192.0.2.10 says that nothing listens on UDP port 5060.',
	evidence: [evidence(14, 31_510, 'ICMP type 3 code 3', 'port unreachable, quoting the REGISTER')],
	fix: [{ who: 'registrar', what: 'start the SIP server, or mend its listening address and port' }],
});

const REFUSED = registration({
	findings: [
		finding({
			id: 'ip-as-domain',
			severity: 'risk',
			confidence: 'likely',
			summary: 'The Request-URI names 192.0.2.10 where a domain belongs.',
		}),
	],
	cannotTell: [
		{
			id: 'nat-mapping',
			because: "the capture was taken on the phone's side only",
			decidedBy: "a capture on the server's side at the same time",
		},
	],
});

const SILENT = registration({
	aor: 'sip:1002@example.com',
	outcome: 'unanswered',
	finalStatus: undefined,
	attempts: [unansweredAttempt()],
	cause: NO_RESPONSE,
});

const REACHED_NOBODY = registration({
	outcome: 'unreachable',
	finalStatus: undefined,
	attempts: [unansweredAttempt([portUnreachable(14, 31_510)])],
	cause: PORT_CLOSED,
});

const HEALTHY = registration({
	aor: 'sip:1003@example.com',
	outcome: 'registered',
	finalStatus: 200,
	grantedExpires: 3600,
	cause: undefined,
});

const LEGS = registration({
	outcome: 'challenged',
	finalStatus: 407,
	attempts: [threeLegAttempt()],
	cause: finding({
		id: 'challenge-unanswered',
		summary: 'The challenge for realm "PBX" was never answered with credentials.',
		evidence: [evidence(17, 60, 'Proxy-Authenticate realm', '"PBX"')],
	}),
});

const SAMPLES: readonly (readonly [string, Analysis])[] = [
	['refused', analysis({ registrations: [REFUSED] })],
	['unreachable', analysis({ registrations: [REACHED_NOBODY], responseTimesMs: [] })],
	['three legs', analysis({ registrations: [LEGS] })],
	[
		'several phones, two captures',
		analysis({
			sources: [source(), source({ name: 'server.pcap', vantage: 'server', clockOffsetMs: 3210 })],
			registrations: [HEALTHY, REFUSED, SILENT, registration({ aor: 'sip:1004@example.com' })],
		}),
	],
	[
		'no register',
		analysis({
			registrations: [],
			responseTimesMs: [],
			sources: [source({ registerRequests: 0, sipMessages: 36, truncated: true })],
		}),
	],
	[
		'probe',
		analysis({
			sources: [source({ kind: 'probe', name: 'probe', format: 'live', vantage: 'unknown' })],
			registrations: [
				registration({
					outcome: 'registered',
					finalStatus: 200,
					grantedExpires: 60,
					cause: undefined,
					steps: [
						{ id: 'dns', state: 'ok', ms: 12.3, text: '_sip._udp.example.com is 192.0.2.10:5060' },
						{ id: 'nat', state: 'warning', ms: 3, text: 'the server sees 203.0.113.9:40112' },
						{ id: 'tls', state: 'skipped', ms: undefined, text: 'the transport is UDP' },
						{ id: 'unregister', state: 'cannot-tell', ms: undefined, text: 'no answer' },
					],
				}),
			],
		}),
	],
];

describe('the terminal report', () => {
	for (const [name, given] of SAMPLES) {
		for (const columns of [60, 100]) {
			const file = `__snapshots__/${name.replaceAll(/[ ,]+/g, '-')}-${columns}.txt`;
			it(`reads as reviewed: ${name}, ${columns} columns`, async () => {
				await expect(`${plain(given, columns)}\n`).toMatchFileSnapshot(file);
			});
		}

		it(`keeps to the width of the terminal: ${name}`, () => {
			for (const columns of WIDTHS) expect(tooLong(plain(given, columns), columns)).toEqual([]);
		});
	}

	it('says the same words with colour and without', () => {
		fc.assert(
			fc.property(analyses, fc.constantFrom(...WIDTHS), (given, columns) => {
				const coloured = renderTerminal(given, { columns, colour: true });
				const bare = stripVTControlCharacters(coloured).replace(/ +$/gm, '');
				expect(bare).toBe(plain(given, columns).replace(/ +$/gm, ''));
			}),
			{ numRuns: 60 },
		);
	});

	it('sends nothing of the wire to the terminal that could steer it', () => {
		fc.assert(
			fc.property(analyses, (given) => {
				const lines = plain(given).split('\n').join('');
				expect(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(lines)).toBe(false);
			}),
			{ numRuns: 150 },
		);
	});

	it('is no wider than the terminal, but for a word that cannot be broken', () => {
		fc.assert(
			fc.property(analyses, fc.constantFrom(...WIDTHS), (given, columns) => {
				expect(tooLong(plain(given, columns), columns)).toEqual([]);
			}),
			{ numRuns: 100 },
		);
	});

	it('colours nothing without colour', () => {
		expect(plain(analysis())).not.toContain('\x1b');
	});

	it('holds no secret that a finding or a header brought', () => {
		const secret = '6629fae49393a05397450978507c4ef1';
		const leaking = finding({
			summary: `response="${secret}"`,
			evidence: [evidence(1, 0, 'Authorization response', secret)],
		});
		const given = registration({ aor: 'sip:1001:s3cret@example.com', cause: leaking });
		expect(plain(analysis({ registrations: [given] }))).not.toMatch(/s3cret|6629fae4/);
	});

	it('names the cause before its evidence, and its evidence before the ladder', () => {
		const text = plain(analysis());
		const order = [
			'fatal[realm-mismatch]',
			'#4  0.021 s',
			'fix (phone):',
			'▶│',
			'frame.number in {4, 5}',
		];
		const places = order.map((part) => text.indexOf(part));
		expect(places).toEqual(places.toSorted((a, b) => a - b));
		expect(places).not.toContain(-1);
	});

	it('puts failures before what works', () => {
		const text = plain(analysis({ registrations: [HEALTHY, SILENT] }));
		expect(text.indexOf('1002@example.com')).toBeLessThan(text.indexOf('1003@example.com'));
	});

	it('shows one phone of each cause in full and names the others', () => {
		const same = ['1005', '1006'].map((user) => registration({ aor: `sip:${user}@example.com` }));
		const text = plain(analysis({ registrations: [registration(), ...same] }));
		expect(text.match(/cause {2}fatal/g)).toHaveLength(1);
		expect(text).toContain('the same for sip:1005@example.com, sip:1006@example.com');
	});

	it('shows every phone in full when asked', () => {
		const given = analysis({ registrations: [registration(), registration(), HEALTHY] });
		const text = renderTerminal(given, { columns: 100, colour: false, detail: 'all' });
		expect(text.match(/cause {2}fatal/g)).toHaveLength(2);
		expect(text).toContain('registered for 3600 s');
	});

	it('says how many registrations are not in the table', () => {
		const registrations = Array.from({ length: 60 }, () => HEALTHY);
		expect(plain(analysis({ registrations }))).toContain(
			'10 more registrations in the JSON report',
		);
	});

	it('says that there is no REGISTER and what to do', () => {
		const given = analysis({
			registrations: [],
			sources: [source({ registerRequests: 0, packets: 0 })],
		});
		expect(plain(given)).toContain('no REGISTER found in phone.pcap');
		expect(plain(given)).toContain('the capture holds no packets');
	});

	it('says that SIP is encrypted where a connection of TLS was seen', () => {
		const text = 'TLS 1.3 between 192.0.2.1:40000 and 192.0.2.10:5061 carries data';
		const oddities = [{ kind: 'tls-encrypted', layer: 'tcp', count: 1, firstFrame: 6, text }];
		const unread = source({ registerRequests: 0, sipMessages: 0, packets: 41 });
		const seen = plain(analysis({ registrations: [], sources: [{ ...unread, oddities }] }));
		expect(seen).toContain('a connection to a SIP port is encrypted (TLS)');
		expect(seen).toContain('first in #6');
		expect(seen).not.toContain('tcpdump');
		expect(plain(analysis({ registrations: [], sources: [unread] }))).toContain(
			'it goes another way, or it is encrypted',
		);
	});
});

describe('the ladder', () => {
	it('folds retransmissions into one arrow with their number and time', () => {
		expect(plain(analysis({ registrations: [SILENT] }))).toContain('×11 over 31.5 s');
	});

	it('says which REGISTER a response is for where it is not for the last one', () => {
		const out = [PHONE, SERVER] as const;
		const back = [SERVER, PHONE] as const;
		const unauthorized = (frame: number, ms: number, cseq: number) =>
			observed(sipResponse(401, 'Unauthorized', cseq), frame, ms, back);
		const first = transaction(
			[observed(registerRequest(1), 3, 0, out)],
			[unauthorized(4, 21, 1), unauthorized(6, 50, 1)],
		);
		const second = transaction(
			[observed(registerRequest(2), 5, 43, out)],
			[unauthorized(7, 64, 2)],
		);
		const text = plain(
			analysis({ registrations: [registration({ attempts: [attempt([[first], [second]])] })] }),
		);
		expect(text).toMatch(/#4 .* 401 Unauthorized ─/);
		expect(text).toMatch(/#6 .* 401 Unauthorized \(CSeq 1\) /);
		expect(text).toMatch(/#7 .* 401 Unauthorized ─/);
	});

	it('counts copies that were too many to be listed', () => {
		const { transactions, ...rest } = unansweredAttempt();
		const [{ phone }] = transactions as [RegisterTransaction];
		const looping = { ...phone, moreSends: 489 };
		const looped = { ...rest, transactions: [{ phone: looping, hops: [looping] as const }] };
		const silent = registration({
			outcome: 'unanswered',
			finalStatus: undefined,
			attempts: [looped],
			cause: NO_RESPONSE,
		});
		const text = plain(analysis({ registrations: [silent] }));
		expect(text).toContain('×500 over 31.5 s');
		expect(text).toContain('to 500 sends in 31.5 s');
	});

	it('shows an ICMP error only where it is evidence', () => {
		expect(plain(analysis({ registrations: [REACHED_NOBODY] }))).toContain(
			'◀── ICMP port unreachable',
		);
		const other = { ...REACHED_NOBODY, cause: NO_RESPONSE };
		expect(plain(analysis({ registrations: [other] }))).not.toContain('◀── ICMP');
	});

	it('gives an answer from another port a lifeline of its own', () => {
		const answer = observed(sipResponse(401, 'Unauthorized'), 4, 20, [
			{ ...SERVER, port: 5070 },
			PHONE,
		]);
		const hop = transaction([observed(registerRequest(), 3, 0, [PHONE, SERVER])], [answer]);
		const text = plain(
			analysis({ registrations: [registration({ attempts: [attempt([[hop]])] })] }),
		);
		expect(text).toMatch(/phone +server +elsewhere/);
		expect(text).toContain('192.0.2.10:5070');
	});

	it('does not call an address the phone that may be that of a NAT', () => {
		const sources = [source({ vantage: 'server' })];
		expect(plain(analysis({ sources }))).toMatch(/ phone or NAT +server\n/);
		expect(plain(analysis())).toMatch(/ phone +server\n/);
	});

	it('says what is known of the credentials of a REGISTER', () => {
		const refused = refusedAttempt();
		const sent = refused.transactions[1]?.phone.request;
		if (sent === undefined) throw new Error('the attempt has two transactions');
		const digestChecks = new Map([[sent, 'does-not-verify' as const]]);
		const text = plain(
			analysis({ registrations: [registration({ attempts: [refused], digestChecks })] }),
		);
		expect(text).toContain('REGISTER (CSeq 2, credentials do not verify)');
	});

	it('leaves out what is not of the deciding attempt when there is much, and says so', () => {
		const attempts = Array.from({ length: 15 }, (_, round) => {
			const first = 100 * round;
			const send = observed(registerRequest(1), first + 1, first, [PHONE, SERVER]);
			const hops = [0, 1, 2, 3].map((turn) =>
				transaction(
					[{ ...send, frame: first + 2 * turn + 1 }],
					[
						observed(sipResponse(503, 'Service Unavailable'), first + 2 * turn + 2, first + 9, [
							SERVER,
							PHONE,
						]),
					],
				),
			);
			return attempt(hops.map((hop) => [hop] as const));
		});
		const given = analysis({ registrations: [registration({ attempts })] });
		expect(plain(given)).toContain('more messages, of this and other attempts, are left out');
		expect(renderTerminal(given, { columns: 100, colour: false, fullLadder: true })).toContain(
			'#1 ',
		);
	});

	it('becomes a list where the terminal is too narrow for its lifelines', () => {
		expect(plain(analysis({ registrations: [LEGS] }), 60)).toContain(
			'NAT → SBC or proxy: REGISTER (CSeq 1)',
		);
	});
});

/** Lines wider than `columns` that a break at a blank would have made narrower. */
function tooLong(text: string, columns: number): readonly string[] {
	return text.split('\n').filter((line) => {
		if (textWidth(line) <= columns) return false;
		if (/frame\.number|sip\.Call-ID/.test(line)) return false;
		// What stands before the last word alone must fit, and the word must be too long for any line of the report.
		const lastWord = line.slice(line.lastIndexOf(' ') + 1);
		return textWidth(line) - textWidth(lastWord) > columns || textWidth(lastWord) < columns / 4;
	});
}

describe('the report of many registrations', () => {
	it('counts who fails, where there are more than ten', () => {
		const text = plain(analysis({ registrations: MANY }));
		expect(text).toContain(
			'failures by User-Agent\n    OldPhone/1        4 of 5  realm-mismatch 4',
		);
		expect(text).toContain('failures by network\n    10.0.0.0/24      4 of 11  realm-mismatch 4');
		expect(text).toContain('failures by server\n    192.0.2.10:5060  4 of 11');
	});

	it('has no such tables where there are ten', () => {
		expect(plain(analysis({ registrations: MANY.slice(0, 10) }))).not.toContain('failures by');
	});

	it('names what was found of the whole capture in its last line', () => {
		const scanned = finding({ id: 'scanner-traffic', severity: 'risk', attempt: 0 });
		expect(plain(analysis({ findings: [scanned] })).replaceAll(/\s+/g, ' ')).toMatch(
			/of the whole capture: scanner-traffic[^#]*$/,
		);
	});

	it.each([60, 80, 120])(
		'shows twelve thousand in two screens or three, at %i columns',
		(columns) => {
			const thousands = Array.from({ length: 1091 }, () => MANY).flat();
			const lines = plain(analysis({ registrations: thousands }), columns).split('\n');
			expect(lines.length).toBeLessThan(130);
			expect(lines.join('\n')).toContain('12,001 registrations');
			expect(lines[1]).toMatch(/^✗/);
		},
	);
});
