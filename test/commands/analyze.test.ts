import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { pcapFile } from '../support/capture-bytes.js';
import { ethernet, ipv4, REGISTER, udp } from '../support/packet-bytes.js';
import { type RunOptions, reportIn, sipdoctor, startSipdoctor } from '../support/sipdoctor.js';

const CAPTURES = join(import.meta.dirname, '../../fixtures/captures');
const REALM_MISMATCH = join(CAPTURES, 'realm-mismatch/phone.pcap');
const HEALTHY = join(CAPTURES, 'healthy-nat/phone.pcap');

const PCAP_HEADER_BYTES = 24;

const folder = mkdtempSync(join(tmpdir(), 'sipdoctor-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: Uint8Array): string {
	const path = join(folder, name);
	writeFileSync(path, content);
	return path;
}

describe('analyze', () => {
	it('names the cause, its values, who must act, and exits 1', async () => {
		const { code, stdout, stderr } = await sipdoctor(['analyze', REALM_MISMATCH]);
		expect(stdout).toMatch(/realm-mismatch/);
		expect(stdout).toMatch(/fix \(phone\)/);
		expect(stdout).toMatch(/frame\.number/);
		expect(stderr).toBe('');
		expect(code).toBe(1);
	});

	it('leaves messages out of a long ladder, and shows all of them with --ladder', async () => {
		const records = Array.from({ length: 60 }, (_, at) => {
			const register = REGISTER.replace('CSeq: 1 ', `CSeq: ${at + 1} `).replace(
				'branch=z9hG4bK1',
				`branch=z9hG4bK${at}`,
			);
			return { seconds: 1_700_000_000 + at, bytes: ethernet(ipv4(udp(register))) };
		});
		const path = file('long.pcap', pcapFile({ records }));
		const short = (await sipdoctor(['analyze', path])).stdout;
		expect(short).toMatch(/left out; --ladder shows all/);
		expect(short).not.toMatch(/CSeq 60\)/);
		const whole = (await sipdoctor(['analyze', path, '--ladder'])).stdout;
		expect(whole).not.toMatch(/left out/);
		expect(whole).toMatch(/CSeq 60\)/);
	});

	it('exits 0 for a healthy phone', async () => {
		const { code, stdout } = await sipdoctor(['analyze', HEALTHY]);
		expect(code).toBe(0);
		expect(stdout).toMatch(/registered/);
	});

	it('exits 0 with --fail-on never', async () => {
		expect((await sipdoctor(['analyze', REALM_MISMATCH, '--fail-on', 'never'])).code).toBe(0);
	});

	it('exits 2 for a capture without a REGISTER, and says what it saw', async () => {
		const { code, stdout } = await sipdoctor([
			'analyze',
			join(CAPTURES, 'admin-prohibited/server.pcap'),
		]);
		expect(stdout).toMatch(/no REGISTER/i);
		expect(code).toBe(2);
	});

	it('reads standard input', async () => {
		const { stdout } = await sipdoctor(['analyze', '-', '--json'], {
			stdin: readFileSync(REALM_MISMATCH),
		});
		const report = reportIn(stdout);
		expect(report.sources[0]?.name).toBe('-');
		expect(report.registrations[0]?.cause?.id).toBe('realm-mismatch');
	});

	it('says what became of the password, and prints no part of it', async () => {
		const capture = join(CAPTURES, 'wrong-password/phone.pcap');
		// The phone of that capture has what stands before the semicolon.
		const env = { SIPDOCTOR_PASSWORD: 's3cret-old;and-more' };
		for (const more of [[], ['--json']]) {
			const { stdout, stderr } = await sipdoctor(
				['analyze', capture, '--auth-user', '1001', ...more],
				{ env },
			);
			expect(stdout).toContain('password-altered');
			expect(stdout).toMatch(/with\s+the password cut at \\?";\\?"/);
			expect(stdout + stderr).not.toMatch(/s3cret|and-more/);
		}
	});

	it('writes no colours into a pipe', async () => {
		const { stdout } = await sipdoctor(['analyze', REALM_MISMATCH]);
		expect(stdout).not.toContain('\u001b');
	});

	it('proves a wrong password with the account, and prints it nowhere', async () => {
		const accounts = file('accounts.csv', Buffer.from('username,password\n1001,s3cret-lab\n'));
		const capture = join(CAPTURES, 'wrong-password/phone.pcap');
		const { stdout } = await sipdoctor(['analyze', capture, '--accounts', accounts, '--json']);
		const [registration] = reportIn(stdout).registrations;
		expect(registration?.cause).toMatchObject({ id: 'wrong-password', confidence: 'proven' });
		expect(stdout).not.toContain('s3cret-lab');
		expect(stdout).not.toMatch(/response="?[0-9a-f]{32}/);
	});

	it('uses everything before the end of a truncated file, and reports the damage', async () => {
		const whole = readFileSync(REALM_MISMATCH);
		const cut = file('cut.pcap', whole.subarray(0, whole.length - 100));
		const { stdout, code } = await sipdoctor(['analyze', cut, '--json']);
		const report = reportIn(stdout);
		expect(report.sources[0]?.truncated).toBe(true);
		expect(report.registrations).toHaveLength(1);
		expect(code).not.toBe(70);
	});

	it('stops at a captured length of 4 GB, and reports it', async () => {
		const whole = Buffer.from(readFileSync(HEALTHY));
		const record = Buffer.alloc(16);
		record.writeUInt32LE(0xff_ff_ff_f0, 8);
		const { stdout } = await sipdoctor([
			'analyze',
			file('huge.pcap', Buffer.concat([whole, record, Buffer.alloc(5000)])),
			'--json',
		]);
		const report = reportIn(stdout);
		expect(report.registrations[0]?.outcome).toBe('registered');
		expect(report.sources[0]?.oddities.length ?? 0).toBeGreaterThan(0);
	});

	it('says which link type it does not know, and exits 2', async () => {
		const foreign = Buffer.from(readFileSync(HEALTHY));
		foreign.writeUInt32LE(147, 20);
		const { stdout, code } = await sipdoctor(['analyze', file('foreign.pcap', foreign)]);
		expect(stdout).toMatch(/link type/i);
		expect(code).toBe(2);
	});

	it('lets the terminal alone whatever a header holds', async () => {
		const evil = Buffer.from(
			readFileSync(REALM_MISMATCH)
				.toString('latin1')
				// As long as what it replaces, so that every length still holds.
				.replaceAll('LabPhone/1.0', '\u001b[2J\u0007x\u009b31mab'),
			'latin1',
		);
		const { stdout } = await sipdoctor(['analyze', file('evil.pcap', evil)]);
		expect(stdout).toContain('\\x1b[2J');
		// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not get through
		expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
	});

	it.each<[string, RunOptions]>([
		// Half of the addresses that V8 wants for the memory of WebAssembly.
		['the process may reserve little memory', { addressSpace: 5_000_000 }],
		['nothing is compiled while it runs', { env: { NODE_OPTIONS: '--jitless' } }],
	])('says the same where %s', async (_where, options) => {
		const args = ['analyze', HEALTHY, '--json'];
		const [limited, usual] = await Promise.all([sipdoctor(args, options), sipdoctor(args)]);
		expect(limited.code).toBe(0);
		expect(reportIn(limited.stdout).registrations).toEqual(reportIn(usual.stdout).registrations);
	});

	it('believes the user on where the capture was taken', async () => {
		const { stdout } = await sipdoctor(['analyze', HEALTHY, '--vantage', 'middle', '--json']);
		expect(reportIn(stdout).sources[0]?.vantage).toBe('middle');
	});

	it('looks at one phone of many', async () => {
		const { stdout } = await sipdoctor(['analyze', HEALTHY, '--aor', '*nobody*', '--json']);
		expect(reportIn(stdout).registrations).toEqual([]);
	});

	it('says nothing when its reader has seen enough', () => {
		const command = `"${process.execPath}" bin/run.js analyze "${REALM_MISMATCH}" | head -1`;
		const { stderr, stdout } = spawnSync('sh', ['-c', command], {
			cwd: join(import.meta.dirname, '../..'),
			encoding: 'utf8',
		});
		expect(stderr).toBe('');
		expect(stdout.split('\n')).toHaveLength(2);
	});
});

describe('analyze --follow', () => {
	it('ends with the next that it has to say where nobody reads any more', async () => {
		const capture = readFileSync(join(CAPTURES, 'wrong-password/phone.pcap'));
		const healthy = readFileSync(HEALTHY);
		const following = startSipdoctor(['analyze', '-', '--follow', '--format', 'ndjson']);
		following.write(capture);
		await following.printed(/wrong-password/);
		following.stopReading();
		following.write(healthy.subarray(PCAP_HEADER_BYTES));
		// Its input stays open.
		expect(await following.ended).toMatchObject({ code: 0, stderr: '' });
	});

	it('prints a registration before the capture ends, and the whole at Ctrl-C with exit 130', async () => {
		const capture = readFileSync(join(CAPTURES, 'wrong-password/phone.pcap'));
		const following = startSipdoctor(['analyze', '-', '--follow']);
		following.write(capture.subarray(0, 700));
		following.write(capture.subarray(700));
		// Standard input is still open.
		await following.printed(/cause {2}fatal\[wrong-password\]/);
		following.interrupt();
		const { code, stdout } = await following.ended;
		expect(stdout.match(/cause {2}fatal\[wrong-password\]/g)).toHaveLength(2);
		expect(stdout.match(/^1 registration:/gm)).toHaveLength(1);
		expect(code).toBe(130);
	});

	it('reads on as a file grows', async () => {
		const growing = file('growing.pcap', readFileSync(HEALTHY));
		const following = startSipdoctor(['analyze', growing, '--follow']);
		await following.printed(/registered for/);
		const later = readFileSync(join(CAPTURES, 'wrong-password/phone.pcap'));
		// The packets alone: the file header is there already.
		appendFileSync(growing, later.subarray(24));
		await following.printed(/cause {2}fatal\[wrong-password\]/);
		following.interrupt();
		expect((await following.ended).code).toBe(130);
	});
});

describe('analyze with several captures', () => {
	const PHONE = join(CAPTURES, 'no-response-inbound-blocked/phone.pcap');
	const SERVER = join(CAPTURES, 'no-response-inbound-blocked/server.pcap');

	it('names what was lost between the two places, with the frames of both', async () => {
		const { code, stdout } = await sipdoctor(['analyze', PHONE, SERVER]);
		expect(stdout).toMatch(/fatal\[response-lost\] proven/);
		expect(stdout).toMatch(/A#3/);
		expect(stdout).toMatch(/B#4/);
		expect(code).toBe(1);
	});

	it('says in the JSON report what each capture is, and where it was taken', async () => {
		const { stdout } = await sipdoctor([
			...['analyze', PHONE, SERVER, '--json'],
			...['--vantage', `${SERVER}=middle`],
		]);
		const { sources } = reportIn(stdout);
		expect(sources.map(({ name }) => name)).toEqual([PHONE, SERVER]);
		expect(sources.map(({ vantage }) => vantage)).toEqual(['client', 'middle']);
		expect(sources[1]?.relation).toMatch(/shows 1 of the REGISTERs in /);
	});
});
