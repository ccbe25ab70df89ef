import { describe, expect, it } from 'vitest';
import { registrationsIn } from '../../src/analysis/analyse.js';
import { Diagnostician } from '../../src/analysis/lazily-diagnosed.js';
import type { Diagnosis } from '../../src/diagnosis/diagnose.js';
import type { Registration } from '../../src/registration/registration.js';
import { accepted, request, sent } from '../support/exchange.js';
import { readTranscript } from '../support/transcript.js';

const register = request();
const [registration] = registrationsIn(
	readTranscript(sent(register, 0) + accepted(register, 0.1)).source,
);
if (registration === undefined) throw new Error('no registration');
const ONE: Registration = registration;

const NOTHING: Diagnosis = {
	cause: undefined,
	findings: [],
	cannotTell: [],
	digestChecks: new Map(),
};
const CAUSE: Diagnosis = {
	...NOTHING,
	cause: {
		id: 'no-response',
		severity: 'fatal',
		confidence: 'proven',
		attempt: 1,
		mended: false,
		title: 'a title',
		summary: 'a summary',
		evidence: [{ source: 'a.pcap', frame: 1, at: 0, field: 'REGISTER', text: 'once' }],
		fix: [],
	},
};

function counted(diagnosis: Diagnosis, shape: string | undefined) {
	let asked = 0;
	const diagnostician = new Diagnostician(
		() => {
			asked += 1;
			return diagnosis;
		},
		() => shape,
	);
	return { diagnostician, asked: () => asked };
}

describe('registrations of one shape', () => {
	it('are not looked at again once the first of them was healthy', () => {
		const { diagnostician, asked } = counted(NOTHING, 'a');
		for (let number = 0; number < 5; number += 1) diagnostician.diagnosed(ONE);
		expect(asked()).toBe(1);
	});

	it('are looked at when their findings are asked for, and once', () => {
		const { diagnostician, asked } = counted(NOTHING, 'a');
		diagnostician.diagnosed(ONE);
		const second = diagnostician.diagnosed(ONE);
		expect([second.findings, second.cannotTell, second.digestChecks.size]).toEqual([[], [], 0]);
		expect(asked()).toBe(2);
	});

	it('are not remembered once the next of them was asked', () => {
		const { diagnostician, asked } = counted(NOTHING, 'a');
		diagnostician.diagnosed(ONE);
		const second = diagnostician.diagnosed({ ...ONE });
		const third = diagnostician.diagnosed({ ...ONE });
		expect([second.findings, third.findings, third.cannotTell, second.findings]).toHaveLength(4);
		expect(asked()).toBe(4);
	});

	it('are each looked at where the first had a cause', () => {
		const { diagnostician, asked } = counted(CAUSE, 'a');
		const all = [1, 2, 3].map(() => diagnostician.diagnosed(ONE));
		expect(all.map(({ cause }) => cause?.id)).toEqual([
			'no-response',
			'no-response',
			'no-response',
		]);
		expect(asked()).toBe(3);
	});

	it('are each looked at where they have none', () => {
		const { diagnostician, asked } = counted(NOTHING, undefined);
		for (let number = 0; number < 3; number += 1) diagnostician.diagnosed(ONE);
		expect(asked()).toBe(3);
	});
});
