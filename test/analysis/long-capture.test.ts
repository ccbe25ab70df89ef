/*
 * A phone that does the same for a day: what is let go while the capture is read must not change what is said of it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { attemptCount } from '../../src/registration/attempt-facts.js';
import { analyseTranscript } from '../support/transcript.js';

const FIXTURES = join(import.meta.dirname, '../../fixtures');

/** Seconds from one round to the next: within what is granted, and longer than any transcript. */
const PERIOD = 590;
/** As many messages as it takes until transactions are over, several times. */
const MESSAGES = 4_000;

const SCENARIOS = [
	...[
		'refreshes',
		'answer-lost-once',
		'any-interface',
		'challenged-anew-on-every-refresh',
		'nat-both-sides',
		'proxy-both-legs',
		'new-call-id-for-each-refresh',
		'over-tcp',
		'removed-at-the-end',
		'same-branch-for-credentials',
		'nat-handled-with-received',
	].map((name) => `healthy/${name}.sip`),
	...[
		'realm-mismatch',
		'unknown-user',
		'no-response',
		'port-unreachable',
		'stale-nonce-reused',
		'challenge-unanswered',
		'forbidden-before-challenge',
	].flatMap((id) =>
		readdirSync(join(FIXTURES, 'rules', id))
			.filter((name) => name.startsWith('fires-'))
			.slice(0, 1)
			.map((name) => `rules/${id}/${name}`),
	),
];

/** The blocks of a transcript, each round later and with values made anew. */
function repeated(text: string, rounds: number, newCallIds = false): string {
	const [head = '', ...blocks] = text.split(/^(?=\+\d)/m);
	const all = Array.from({ length: rounds }, (_, round) =>
		blocks
			.map((block) => later(block, round))
			.map((block) => (newCallIds ? block.replace(/^(Call-ID: \S+)/gm, `$1r${round}`) : block)),
	);
	return (
		head.replace(/^# until .*$/gm, `# until ${(rounds - 1) * PERIOD + 200}`) + all.flat().join('')
	);
}

function later(block: string, round: number): string {
	return block
		.replace(/^\+(\d+(?:\.\d+)?)/, (_, at: string) => `+${Number(at) + round * PERIOD}`)
		.replace(/branch=([^;\s]+)/g, `branch=$1r${round}`)
		.replace(/([ ,])nonce="([^"]*)"/g, `$1nonce="$2r${round}"`)
		.replace(
			/^(CSeq: )(\d+)/gm,
			(_, name: string, n: string) => `${name}${Number(n) + round * 100}`,
		);
}

describe('a phone that does the same for a day', () => {
	it.each(SCENARIOS)('%s: is told as one that does it three times', (path) => {
		const text = readFileSync(join(FIXTURES, path), 'utf8');
		const messages = text.split(/^(?=\+\d)/m).length - 1;
		const rounds = Math.ceil(MESSAGES / messages);
		const newCallIds = path.includes('new-call-id');
		const few = told(repeated(text, 3, newCallIds));
		const many = told(repeated(text, rounds, newCallIds));
		expect(many.map(({ attempts: _, ...rest }) => rest)).toEqual(
			few.map(({ attempts: _, ...rest }) => rest),
		);
		// Every attempt is counted, whether it was kept or not.
		const each = (few[0]?.attempts ?? 0) / 3;
		if (Number.isInteger(each)) expect(many[0]?.attempts).toBe(each * rounds);
	});

	it('takes no more memory for the ten-thousandth refresh than for the tenth', () => {
		const text = readFileSync(join(FIXTURES, 'healthy/refreshes.sip'), 'utf8');
		const kept = analyseTranscript(repeated(text, 1000)).registrations[0];
		expect(kept?.messages.length).toBeLessThan(2_500);
		expect(kept && attemptCount(kept)).toBeGreaterThanOrEqual(1000);
	});
});

function told(text: string) {
	return analyseTranscript(text).registrations.map((registration) => ({
		aor: registration.aor,
		outcome: registration.outcome,
		finalStatus: registration.finalStatus,
		grantedExpires: registration.grantedExpires,
		cause: registration.cause?.id,
		attempts: attemptCount(registration),
	}));
}
