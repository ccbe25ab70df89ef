import { describe, expect, it } from 'vitest';
import { seenIn } from '../../../src/usecase/check/seen.js';
import {
	analysis,
	PHONE,
	registration,
	SERVER,
	START,
	source,
} from '../../report/analysis-builder.js';

const DAY = 86_400_000_000;

function certificate(days: number) {
	const validity = { notBefore: START, notAfter: START + days * DAY };
	return { subject: 'a', issuer: 'b', names: ['example.com'], ...validity };
}

function handshake(...days: readonly number[]) {
	return {
		kind: 'tls',
		...{ at: START, source: 'probe', frame: 1, src: PHONE, dst: SERVER },
		reached: 'application-data',
		serverName: 'example.com',
		offeredVersion: 'TLS 1.3',
		chosenVersion: 'TLS 1.3',
		certificates: days.map(certificate),
		certificateRequested: false,
		alert: undefined,
		closedBy: undefined,
		foreignAnswer: undefined,
	} as const;
}

function daysLeft(...days: readonly number[]): number | undefined {
	const sources = [source({ lastPacketAt: START })];
	const told = analysis({ sources, registrations: [registration()] });
	return seenIn({ analysis: told, interrupted: false, handshakes: [handshake(...days)] })
		?.tlsDaysLeft;
}

describe('the days that TLS has left', () => {
	it('are those of the certificate that expires first', () => {
		expect(daysLeft(90, 30, 3650)).toBe(30);
	});

	it('are negative once it has expired', () => {
		expect(daysLeft(-1)).toBe(-1);
	});

	it('are not known where no certificate was seen', () => {
		expect(daysLeft()).toBeUndefined();
	});
});
