/* What goes wrong is one clear line, with the exit code of the design, and never a password or a stack trace. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Ran, sipdoctor } from '../support/sipdoctor.js';

const SECRET = 's3cret';
const folder = mkdtempSync(join(tmpdir(), 'sipdoctor-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string | Uint8Array): string {
	const path = join(folder, name);
	writeFileSync(path, content);
	return path;
}

function expectClear({ code, stdout, stderr }: Ran, exit: number, words: RegExp): void {
	expect(stderr).toMatch(words);
	expect(stderr).toMatch(/^Error: /);
	expect(stderr).not.toMatch(/\n\s+at /);
	expect(stdout).toBe('');
	expect(code).toBe(exit);
}

describe('wrong usage', () => {
	it('is said with exit 2 and without the password', async () => {
		const ran = await sipdoctor(['probe', '1001@example.com', '--password', SECRET, '--bogus']);
		expectClear(ran, 2, /unknown flag --bogus/);
		expect(ran.stdout + ran.stderr).not.toContain(SECRET);
	});

	it.each([
		[['probe'], /^Error: AOR is missing: Address-of-record/],
		[['probe', '1001@example.com', '--cert', 'a.pem'], /^Error: --cert needs --key$/m],
		[['probe', '1001@example.com', '--expires', '0'], /^Error: --expires: Expected an integer/],
		[['probe', '1001@example.com', '--ca', 'no.pem'], /no\.pem cannot be read: there is no such/],
	])('is said in words of one line: %j', async (args, words) => {
		const ran = await sipdoctor(args);
		expectClear(ran, 2, words);
		expect(ran.stderr).not.toMatch(/Note:|Parsing|following error|ENOENT/);
	});

	it('of --save is said before anything is sent', async () => {
		const ran = await sipdoctor([
			...['probe', '1001@127.0.0.1:9', '--json', '--save', join(folder, 'none', 'x.pcapng')],
		]);
		expect(ran.code).toBe(2);
		expect(JSON.parse(ran.stdout).error.message).toMatch(/no such directory/);
	});

	it('is a JSON document and nothing else under --json, without the password', async () => {
		const ran = await sipdoctor([
			'probe',
			'1001@example.com',
			'--password',
			SECRET,
			'--bogus',
			'--json',
		]);
		expect(ran.code).toBe(2);
		expect(ran.stderr).toBe('');
		expect(JSON.parse(ran.stdout)).toMatchObject({ schemaVersion: 1, error: { code: 'USAGE' } });
		expect(ran.stdout).not.toContain(SECRET);
	});

	it.each([
		['analyze', ['analyze', 'x.pcap', '--password', SECRET, '--bogus']],
		['probe', ['probe', '1001@example.com', '--password', SECRET, '--bogus']],
		[
			'a mistyped flag with the password behind it',
			['probe', 'a@b.example', `--pasword=${SECRET}`],
		],
		['a mistyped flag with the password beside it', ['probe', 'a@b.example', '--pasword', SECRET]],
	])('prints no password with DEBUG=* either: %s', async (_name, args) => {
		const ran = await sipdoctor(args, { env: { DEBUG: '*' } });
		expect(ran.code).toBe(2);
		expect(ran.stdout + ran.stderr).not.toContain(SECRET);
	});

	it('names a missing argument', async () => {
		expectClear(await sipdoctor(['analyze']), 2, /capture/i);
	});

	it('does not take standard input for a missing argument', async () => {
		const ran = await sipdoctor(['analyze'], { stdin: Buffer.from('x.pcap\n') });
		expectClear(ran, 2, /capture/i);
	});

	it('names an unknown command', async () => {
		expectClear(await sipdoctor(['analyse', 'x.pcap']), 2, /analyse/);
	});

	it('takes each capture once', async () => {
		expectClear(await sipdoctor(['analyze', 'a.pcap', 'b.pcap', 'a.pcap']), 2, /a\.pcap .*twice/);
	});

	it('reads stdin once', async () => {
		expectClear(await sipdoctor(['analyze', '-', 'b.pcap', '-']), 2, /stdin .*once/);
	});

	it('takes up to eight captures', async () => {
		const nine = Array.from({ length: 9 }, (_, index) => `${index}.pcap`);
		expectClear(await sipdoctor(['analyze', ...nine]), 2, /up to 8/);
	});

	it('follows one capture', async () => {
		expectClear(await sipdoctor(['analyze', 'a.pcap', 'b.pcap', '--follow']), 2, /one capture/);
	});

	it('must know which of several captures a vantage is about', async () => {
		const both = ['analyze', 'a.pcap', 'b.pcap', '--vantage'];
		expectClear(await sipdoctor([...both, 'client']), 2, /which one/);
		expectClear(await sipdoctor([...both, 'c.pcap=client']), 2, /none of the captures/);
		expectClear(await sipdoctor([...both, 'a.pcap=roof']), 2, /one of/);
	});

	it('names a password given twice', async () => {
		const args = ['probe', 'a@b.example', '--password', SECRET, '--ha1', '0'.repeat(32)];
		const ran = await sipdoctor(args);
		expectClear(ran, 2, /two ways/);
		expect(ran.stderr).not.toContain(SECRET);
	});

	it('names what is wrong in an accounts file and never a value of it', async () => {
		const accounts = file(
			'accounts.json',
			JSON.stringify([{ username: '1001', passwort: SECRET }]),
		);
		const ran = await sipdoctor(['analyze', 'x.pcap', '--accounts', accounts]);
		expectClear(ran, 2, /accounts\.json, account 1/);
		expect(ran.stderr).not.toContain(SECRET);
	});
});

describe('a file that is no capture', () => {
	it('may be missing', async () => {
		expectClear(await sipdoctor(['analyze', join(folder, 'nothing.pcap')]), 2, /no file/);
	});

	it('may be a directory', async () => {
		expectClear(await sipdoctor(['analyze', folder]), 2, /directory/);
	});

	it('may be empty', async () => {
		expectClear(await sipdoctor(['analyze', file('empty.pcap', '')]), 2, /empty/);
	});

	it('may be text', async () => {
		const text = file('notes.pcap', 'These are my notes about the phone on the third floor.\n');
		expectClear(await sipdoctor(['analyze', text]), 2, /text/);
	});

	it('may be something else', async () => {
		expectClear(
			await sipdoctor(['analyze', file('random.pcap', Buffer.alloc(4000, 0xa7))]),
			2,
			/capture/,
		);
	});

	it('says the same on standard input', async () => {
		const ran = await sipdoctor(['analyze', '-', '--json'], {
			stdin: Buffer.from('hello, world, this is text'),
		});
		expect(ran.code).toBe(2);
		expect(JSON.parse(ran.stdout)).toHaveProperty('error.code');
	});
});

describe('what lies in the folder of the user', () => {
	it.each([
		['damaged', '{"name": '],
		['naming a plugin', '{"oclif": {"plugins": [{"type": "user", "name": "other", "tag": "1"}]}}'],
	])('is neither read nor run: %s', async (_, text) => {
		mkdirSync(join(folder, 'sipdoctor'), { recursive: true });
		file('sipdoctor/package.json', text);
		const ran = await sipdoctor(['--version'], { env: { XDG_DATA_HOME: folder } });
		expect(ran).toMatchObject({ code: 0, stderr: '' });
	});
});
