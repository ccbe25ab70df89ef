import { describe, expect, it } from 'vitest';
import { probedSections } from '../../src/registration/probed-sections.js';
import type { ProbeEvent, ResolutionEvent } from '../../src/trace/observed.js';

function probeAt(at: number, frame: number): ProbeEvent {
	const target = { host: 'example.com', port: 5060, transport: 'udp' } as const;
	return { kind: 'probe', at, frame, source: 'probe', aor: 'sip:1001@example.com', target };
}

function failureAt(at: number, frame: number): ResolutionEvent {
	const name = 'example.com';
	return {
		kind: 'resolution',
		at,
		frame,
		source: 'probe',
		outcome: 'nxdomain',
		name,
		errno: undefined,
	};
}

describe('the sections of a probe', () => {
	it('hold what was told from their start to that of the next', () => {
		const failures = [failureAt(5, 2), failureAt(10, 3), failureAt(10, 5), failureAt(20, 6)];
		const probes = [probeAt(0, 1), probeAt(10, 4)];
		const sections = probedSections({ probes, transactions: [], failures, observedUntil: 30 });
		expect(sections.map((one) => one.failures.map(({ frame }) => frame))).toEqual([
			[2, 3],
			[5, 6],
		]);
		expect(sections.map(({ until }) => until)).toEqual([10, 30]);
	});

	it('hold everything where there is one', () => {
		const sections = probedSections({
			...{ probes: [probeAt(5, 2)], transactions: [], observedUntil: 9 },
			failures: [failureAt(0, 1), failureAt(9, 3)],
		});
		expect(sections[0]?.failures).toHaveLength(2);
	});
});
