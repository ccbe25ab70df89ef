import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { formatEndpoint } from '../../src/net/endpoint.js';
import type { CheckedSuite } from '../../src/report/check-document.js';
import { checkSuite } from '../../src/usecase/check.js';
import {
	challenge,
	honestRegistrar,
	type Script,
	type ScriptedRegistrar,
	udpRegistrar,
} from '../probe/scripted-registrar.js';

const opened: ScriptedRegistrar[] = [];
afterEach(async () => {
	await Promise.all(opened.splice(0).map((one) => one.close()));
});

async function registrar(script: Script): Promise<ScriptedRegistrar> {
	const one = await udpRegistrar(script);
	opened.push(one);
	return one;
}

async function check(
	lines: readonly string[],
	more: Partial<Parameters<typeof checkSuite>[0]> = {},
): Promise<CheckedSuite> {
	return checkSuite({
		suite: { text: lines.join('\n'), name: 'suite.yaml' },
		world: {
			environment: (name) => ({ PW: 'secret', WRONG: 'not-it' })[name],
			readText: () => ({ because: 'ENOENT' }),
		},
		parallel: undefined,
		signal: new AbortController().signal,
		userAgent: 'sipdoctor-test',
		randomBytes,
		hasNetwork: () => true,
		interfaceOf: () => undefined,
		onDone: () => undefined,
		...more,
	});
}

describe('a check', () => {
	it('holds for an account that registers, and removes its binding', async () => {
		const server = await registrar(honestRegistrar());
		const { entries } = await check([
			`defaults: { server: "${formatEndpoint(server.endpoint)}" }`,
			'accounts:',
			'  - aor: 1001@example.com',
			'    password: env:PW',
			'    expect: { registered-within: 20000, expires-at-least: 60, transport: udp }',
		]);
		expect(entries.map(({ verdict }) => verdict)).toEqual(['held']);
		expect(entries[0]?.seen).toMatchObject({ outcome: 'registered', grantedExpires: 60 });
		expect(server.requests.at(-1)?.contact).toMatch(/;expires=0$/);
	});

	it('holds for a wrong password that is refused as expected', async () => {
		const server = await registrar(({ number, verifies }) =>
			verifies ? { status: 200 } : { status: 401, headers: [challenge(`n${number}`)] },
		);
		const { entries } = await check([
			`defaults: { server: "${formatEndpoint(server.endpoint)}" }`,
			'accounts:',
			'  - { aor: 1001@example.com, password: env:WRONG, expect: { status: 401 } }',
			'  - { aor: 1002@example.com, password: env:WRONG }',
		]);
		expect(entries.map(({ verdict }) => verdict)).toEqual(['held', 'failed']);
		expect(entries[1]?.seen?.cause?.id).toBe('wrong-password');
	});

	it('asks an endpoint without credentials and registers nobody', async () => {
		const server = await registrar(() => ({ status: 401, headers: [challenge('n')] }));
		const { entries } = await check([
			'endpoints:',
			`  - { domain: example.com, server: "${formatEndpoint(server.endpoint)}" }`,
		]);
		expect(entries[0]).toMatchObject({ kind: 'endpoint', verdict: 'held' });
		expect(server.requests).toHaveLength(1);
		expect(server.requests[0]?.contact).toBeUndefined();
	});

	it('registers nobody at an endpoint that asks for no credentials', async () => {
		const server = await registrar(() => ({ status: 200 }));
		const { entries } = await check([
			'endpoints:',
			`  - { domain: example.com, server: "${formatEndpoint(server.endpoint)}" }`,
		]);
		expect(entries[0]?.verdict).toBe('held');
		expect(server.requests.map(({ contact }) => contact)).toEqual([undefined]);
	});

	it('goes on where one of its entries crashes', async () => {
		const server = await registrar(honestRegistrar());
		let calls = 0;
		const probe = (): Promise<never> => {
			calls += 1;
			return Promise.reject(new Error('boom'));
		};
		const lines = ['accounts:', '  - aor: 1@example.com', '  - aor: 2@example.com'];
		const { entries } = await check(lines, { probe });
		expect(entries.map(({ verdict }) => verdict)).toEqual(['crashed', 'crashed']);
		expect(calls).toBe(2);
		expect(server.requests).toEqual([]);
	});

	it('removes the bindings of all that run when it is interrupted', async () => {
		const abort = new AbortController();
		const server = await registrar((incoming) => {
			const answer = honestRegistrar()(incoming);
			if (incoming.contact !== undefined && incoming.verifies) abort.abort();
			return answer;
		});
		const checked = await check(
			[
				`defaults: { server: "${formatEndpoint(server.endpoint)}" }`,
				'starts-per-second: 100',
				'accounts:',
				...[1, 2, 3].map((n) => `  - { aor: 100${n}@example.com, password: env:PW }`),
			],
			{ signal: abort.signal },
		);
		expect(checked.interrupted).toBe(true);
		const binds = server.requests.filter(({ contact, verifies }) => {
			return verifies && contact !== undefined && !contact.endsWith(';expires=0');
		});
		const removals = server.requests.filter(({ contact }) => contact?.endsWith(';expires=0'));
		expect(new Set(removals.map(({ contact }) => contact?.replace(';expires=0', '')))).toEqual(
			new Set(binds.map(({ contact }) => contact)),
		);
	});
});
