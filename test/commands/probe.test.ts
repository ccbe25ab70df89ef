/* The probe as its user runs it, towards a registrar on loopback. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatEndpoint } from '../../src/net/endpoint.js';
import {
	challenge,
	type Script,
	type ScriptedRegistrar,
	udpRegistrar,
} from '../probe/scripted-registrar.js';
import { type Ran, reportIn, sipdoctor } from '../support/sipdoctor.js';

const AOR = '1001@example.com';
const folder = mkdtempSync(join(tmpdir(), 'sipdoctor-test-'));
let registrar: ScriptedRegistrar;
/** How late it challenges. */
let slowMs: number | undefined;

/** One registrar for all: each probe finds it without a binding. */
const welcoming: Script = ({ verifies, contact, request }) => {
	const bearer = /^Authorization: Bearer good-token-1\r$/m.test(request.wire);
	if (!verifies && !bearer)
		return {
			...(slowMs === undefined ? {} : { afterMs: slowMs }),
			status: 401,
			headers: [
				['WWW-Authenticate', 'Bearer realm="example.com", authz_server="https://a.example"'],
				challenge('n1'),
			],
		};
	const bound = contact === undefined || contact.endsWith('expires=0') ? [] : [contact];
	return { status: 200, headers: bound.map((one) => ['Contact', `${one};expires=60`] as const) };
};

beforeAll(async () => {
	registrar = await udpRegistrar(welcoming, () => ({ status: 200 }));
});
afterAll(async () => {
	await registrar.close();
	rmSync(folder, { recursive: true, force: true });
});

function probe(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
	const server = formatEndpoint(registrar.endpoint);
	const given = { SIPDOCTOR_PASSWORD: 'secret', ...env };
	return sipdoctor(['probe', AOR, '--server', server, ...args], { env: given });
}

describe('sipdoctor probe --nagios', () => {
	it('is one line and 0 for a registrar that works', async () => {
		const { code, stdout, stderr } = await probe(['--nagios']);
		expect(stdout).toMatch(/^SIP OK - 1001@example\.com registered in .* \| time=.*expires=60s\n$/);
		expect(stderr).toBe('');
		expect(code).toBe(0);
	});

	it('is 2 for a refused password', async () => {
		const { code, stdout } = await probe(['--nagios'], { SIPDOCTOR_PASSWORD: 'wr0ng-password' });
		expect(stdout).toMatch(/^SIP CRITICAL - .*\n$/);
		expect(stdout).not.toContain('wr0ng-password');
		expect(code).toBe(2);
	});

	it('is one line and 3 for wrong usage, on stdout', async () => {
		const { code, stdout, stderr } = await probe(['--nagios', '--bogus=s3cret']);
		expect(stdout).toBe('SIP UNKNOWN - unknown flag --bogus\n');
		expect(stderr).toBe('');
		expect(code).toBe(3);
	});
});

describe('sipdoctor probe --format', () => {
	it('writes JUnit where -o says', async () => {
		const file = join(folder, 'junit.xml');
		const { code, stdout } = await probe(['--format', 'junit', '-o', file]);
		expect(stdout).toBe('');
		const xml = readFileSync(file, 'utf8');
		expect(xml).toContain('<testsuites name="sipdoctor"');
		expect(xml).toMatch(/name="unregistered"/);
		expect(code).toBe(0);
	});

	it('is with json what --json is', async () => {
		const [long, short] = [await probe(['--format', 'json']), await probe(['--json'])];
		const outcomes = [long, short].map(({ stdout }) => reportIn(stdout).registrations[0]?.outcome);
		expect(outcomes).toEqual(['registered', 'registered']);
	});

	it('is with json a document for errors, too', async () => {
		const { code, stdout } = await probe(['--format', 'json', '--header', 'Via: x']);
		expect(JSON.parse(stdout)).toMatchObject({ schemaVersion: 1, error: { code: 'USAGE' } });
		expect(code).toBe(2);
	});
});

describe('sipdoctor probe and a bearer token', () => {
	it('sends it only where it is told to, and prints and saves it nowhere', async () => {
		const file = join(folder, 'token');
		const saved = join(folder, 'bearer.pcapng');
		writeFileSync(file, 'good-token-1\n');
		const flags = ['--bearer-file', file, '--bearer-over-cleartext', '--save', saved, '--json'];
		const { stdout, stderr, code } = await probe(flags);
		expect(reportIn(stdout).registrations[0]?.outcome).toBe('registered');
		expect(reportIn(stdout).registrations[0]?.findings.map(({ id }) => id)).toContain(
			'cleartext-bearer',
		);
		expect(code).toBe(0);
		const all = stdout + stderr + readFileSync(saved, 'latin1');
		expect(all).not.toContain('good-token-1');
	});

	it('does not repeat a token that cannot be one', async () => {
		const { stdout, stderr, code } = await probe([], { SIPDOCTOR_BEARER: 'se cret' });
		expect(stdout + stderr).not.toContain('se cret');
		expect(code).toBe(2);
	});
});

describe('sipdoctor probe', () => {
	it('shows no checklist on a pipe, but in the report', async () => {
		// The answer to OPTIONS is waited for four times as long as the first REGISTER took.
		slowMs = 400;
		const { stdout, stderr } = await probe([]);
		slowMs = undefined;
		expect(stderr).toBe('');
		expect(stdout).toMatch(/✓ options .*✓ register/s);
	});
});
