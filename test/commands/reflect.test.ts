/* `sipdoctor reflect` as its user runs it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, describe, expect, it } from 'vitest';
import { parseDatagram } from '../../src/sip/parse-message.js';
import { serializeRequest } from '../../src/sip/serialize-message.js';
import { Asker, request } from '../reflector/reflector-harness.js';
import { sipdoctor, startSipdoctor } from '../support/sipdoctor.js';
import { until } from '../support/until.js';

const PASSWORD = 's3cret-practice';
const folder = mkdtempSync(join(tmpdir(), 'sipdoctor-reflect-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Starts it on a port that the system chooses, sends one request, and ends it as Ctrl-C does when it told of it. */
async function asked(args: readonly string[], bytes: Uint8Array, isAnswered = true) {
	const running = startSipdoctor(['reflect', '--port', '0', '--address', '127.0.0.1', ...args]);
	const [, text, json] = await running.printed(/UDP 127\.0\.0\.1:(\d+)|"udp".{0,60}?"port":(\d+)/);
	const asker = await Asker.to(Number(text ?? json));
	asker.send(bytes);
	await running.printed(/(?:OPTIONS|REGISTER) sip:|"event":"request"/);
	if (isAnswered) await until('an answer', () => asker.received.length > 0);
	const [received] = asker.received;
	asker.close();
	running.interrupt();
	const parsed = received === undefined ? undefined : parseDatagram(received);
	const answer = parsed?.ok === true && parsed.value.kind === 'response' ? parsed.value : undefined;
	return { ...(await running.ended), answer };
}

const validate = new Ajv2020({ allowUnionTypes: true, formats: { 'date-time': true } }).compile(
	JSON.parse(
		readFileSync(join(import.meta.dirname, '../../schemas/reflect.schema.json'), 'utf8'),
	) as object,
);

/** What of a value is not as schemas/reflect.schema.json has it. */
function invalid(value: unknown): unknown {
	return validate(value) ? undefined : validate.errors;
}

describe('sipdoctor reflect', () => {
	it('keeps to its schema with a request that it does not answer, and with its faults', async () => {
		const ran = await asked(
			['--json', '--fault', 'silence'],
			serializeRequest(request('REGISTER')),
			false,
		);
		expect(ran.answer).toBeUndefined();
		const events = ran.stdout.trim().split('\n');
		expect(events).toHaveLength(3);
		for (const line of events) expect(invalid(JSON.parse(line))).toBeUndefined();
		const { stdout } = await sipdoctor(['reflect', '--list-faults', '--json']);
		expect(invalid(JSON.parse(stdout))).toBeUndefined();
	});

	it('has a schema that is not content with anything', () => {
		expect(invalid({ event: 'listening', schemaVersion: 1, listeners: [] })).toBeDefined();
		expect(invalid({ event: 'end', requests: 1, answers: 1, swallowed: 0 })).toBeDefined();
		expect(invalid({ schemaVersion: 1, faults: [{ name: 'silence' }] })).toBeDefined();
	});

	it('says a line a request, what it counted on Ctrl-C, and exits 0', async () => {
		const ran = await asked([], serializeRequest(request('OPTIONS')));
		expect(ran.answer?.statusCode).toBe(200);
		expect(ran.stdout).toMatch(/UDP 127\.0\.0\.1:\d+ {2}OPTIONS sip:example\.com → 200 OK/);
		expect(ran.stdout).toMatch(/1 requests?, 1 answers? sent/);
		expect(ran.stderr).toBe('');
		expect(ran.code).toBe(0);
	});

	it('writes one JSON value a line under --json', async () => {
		const ran = await asked(['--json'], serializeRequest(request('OPTIONS')));
		const events = ran.stdout
			.trim()
			.split('\n')
			.map((line) => JSON.parse(line) as { event: string; status?: number });
		expect(events.map(({ event }) => event)).toEqual(['listening', 'request', 'end']);
		for (const event of events) expect(invalid(event)).toBeUndefined();
		expect(events[1]?.status).toBe(200);
		expect(ran.code).toBe(0);
	});

	it('lets nothing that arrives steer the terminal, and shows no secret', async () => {
		const accounts = join(folder, 'accounts.csv');
		writeFileSync(accounts, `username,password\n1001,${PASSWORD}\n`);
		const authorization = 'Digest username="1001", response="0123456789abcdef0123456789abcdef"';
		const hostile = serializeRequest(
			request('REGISTER', [
				['Authorization', authorization],
				['User-Agent', '\x1b[2Jevil\x9b1m'],
			]),
		);
		for (const form of [[], ['--json']]) {
			const ran = await asked(['--accounts', accounts, '--any-size', ...form], hostile);
			expect(ran.answer?.statusCode).toBe(401);
			const output = ran.stdout + ran.stderr;
			expect(output).toContain('evil');
			for (const forbidden of ['\x1b', '\x9b', '0123456789abcdef', PASSWORD]) {
				expect(output).not.toContain(forbidden);
			}
		}
	});

	it('lists the faults with the diagnosis of each', async () => {
		const ran = await sipdoctor(['reflect', '--list-faults']);
		expect(ran.stdout).toMatch(/stale-loop +Every answer is called stale/);
		expect(ran.stdout).toContain('→ stale-loop');
		expect(ran.code).toBe(0);
		const json = await sipdoctor(['reflect', '--list-faults', '--json']);
		expect(JSON.parse(json.stdout)).toMatchObject({ schemaVersion: 1, faults: expect.any(Array) });
	});

	it.each([
		['a fault that there is not', ['--fault', 'nope'], 2, /no fault "nope"/],
		['a fault that nobody would see', ['--fault', 'lost-200'], 2, /lost-200 needs --accounts/],
		['an address that is none', ['--address', 'here'], 2, /no IP address/],
		[
			'a longest time below the default shortest',
			['--max-expires', '20'],
			2,
			/--min-expires 30 is larger/,
		],
		['an address of somebody else', ['--address', '192.0.2.1'], 3, /cannot be used/],
	])('says clearly that it cannot take %s', async (_name, args, code, words) => {
		const ran = await sipdoctor(['reflect', '--port', '0', '--duration', '5', ...args]);
		expect(ran.stderr).toMatch(words);
		expect(ran.code).toBe(code);
	});
});
