import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, describe, expect, it } from 'vitest';
import { sipdoctor } from '../support/sipdoctor.js';

const schema = JSON.parse(
	readFileSync(new URL('../../schemas/digest.schema.json', import.meta.url), 'utf8'),
) as object;
const ajv = new Ajv2020({ allErrors: true, strict: false });
const holds = ajv.compile(schema);

const folder = mkdtempSync(join(tmpdir(), 'sipdoctor-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string): string {
	const path = join(folder, name);
	writeFileSync(path, content);
	return path;
}

const PASSWORD = 's3cret!';
const RESPONSE = 'f0d9cb1c38b5149d9b011a5716a6a34c';
const HA1 = 'a2bf7bce7c2bf37c7246e2088b45f279';
const NONCE = '84f1c1ae6cbe5ua9c8e88dfa3ecm3459';
const CHALLENGE = `Digest realm="sip.example.com", nonce="${NONCE}", qop="auth"`;

function credentials(response = RESPONSE): string {
	return `Digest username="1001", realm="sip.example.com", nonce="${NONCE}", uri="sip:sip.example.com", response="${response}", cnonce="0a4f113b", qop=auth, nc=00000001`;
}

const PARTS = [
	...['--username', '1001', '--realm', 'sip.example.com', '--nonce', NONCE],
	...['--uri', 'sip:sip.example.com', '--response', RESPONSE],
	...['--qop', 'auth', '--nc', '00000001', '--cnonce', '0a4f113b'],
];
/** The answer of a phone with a blank behind its password. */
const WITH_BLANK = '5c56f98e1cdec8d5ff963f98e2b0b431';

const secret = { env: { SIPDOCTOR_PASSWORD: PASSWORD } };

describe('digest', () => {
	it('verifies parts that are given as flags, and exits 0', async () => {
		const { stdout, code } = await sipdoctor(['digest', ...PARTS], secret);
		expect(stdout).toMatch(/^✓ the response verifies/);
		expect(stdout).toContain('1001:sip.example.com:***');
		expect(stdout).toContain('f5a9c05d4ad57c53aaa1a7b89507efaa');
		expect(code).toBe(0);
	});

	it('verifies pasted lines of challenge and credentials', async () => {
		const args = ['digest', '--challenge', CHALLENGE, '--credentials', credentials()];
		const { stdout, code } = await sipdoctor(args, secret);
		expect(stdout).toMatch(/✓ nonce +as in the challenge/);
		expect(code).toBe(0);
	});

	it('reads a trace with folded lines from a file or from stdin', async () => {
		const text = `  401 Unauthorized\n  WWW-Authenticate: ${CHALLENGE}\n\nREGISTER sip:sip.example.com SIP/2.0\nAuthorization: ${credentials().replaceAll(', ', ',\n  ')}\nContent-Length: 0\n`;
		const fromFile = await sipdoctor(['digest', file('trace.txt', text)], secret);
		expect(fromFile.code).toBe(0);
		const fromStdin = await sipdoctor(['digest', '-'], { ...secret, stdin: Buffer.from(text) });
		expect(fromStdin.stdout).toBe(fromFile.stdout);
	});

	it('takes a frame of a capture, and finds the challenge before it', async () => {
		const capture = 'fixtures/captures/wrong-password/phone.pcap';
		const args = ['digest', '--capture', capture, '--frame', '5', '--password', 's3cret-old'];
		const { stdout, code } = await sipdoctor(args);
		expect(stdout).toMatch(/✓ the response verifies/);
		expect(stdout).toMatch(/✓ realm +as in the challenge/);
		expect(code).toBe(0);
	});

	it('says which change makes the response verify, and exits 1', async () => {
		const args = ['digest', '--credentials', credentials(WITH_BLANK)];
		const { stdout, code } = await sipdoctor(args, secret);
		expect(stdout).toMatch(/because +it verifies with a blank behind the password/);
		expect(stdout).toContain('sipdoctor explain password-altered');
		expect(code).toBe(1);
	});

	it('says that nothing was found where the password is another one', async () => {
		const args = ['digest', '--credentials', credentials(), '--password', 'tigerlily'];
		const { stdout, code } = await sipdoctor(args);
		expect(stdout).toMatch(/because +another password/);
		expect(code).toBe(1);
	});

	it('tells what differs from the challenge', async () => {
		const challenge = CHALLENGE.replace('sip.example.com', 'SIP.example.com');
		const args = ['digest', '--challenge', challenge, '--credentials', credentials()];
		const { stdout } = await sipdoctor(args, secret);
		expect(stdout).toMatch(/✗ realm +challenge "SIP.example.com", credentials "sip.example.com"/);
	});

	it('hashes a body for auth-int', async () => {
		const body = file('body.txt', '');
		const args = [
			...PARTS.map((part) => (part === 'auth' ? 'auth-int' : part)),
			...['--response', '431835d7d3b9eb8f4592ca0075547cc3', '--body-file', body],
		].filter((part, index, all) => !(part === RESPONSE || all[index + 1] === RESPONSE));
		expect((await sipdoctor(['digest', ...args], secret)).code).toBe(0);
	});
});

describe('digest with the key of a SIM', () => {
	const nonce = 'I1U8vpY3qJ0hiuZNrke/NVXzKLQ1d7m5Sp/6w1Tfr7M=';
	const realm = 'ims.mnc001.mcc001.3gppnetwork.org';
	const K = '465b5ce8b199b49faa5f0a2ee238a6bc';
	const OPC = 'cd63cb71954a9f4e48a5994e37a02baf';
	const aka = (response: string, more = '', algorithm = 'AKAv1-MD5') =>
		`Digest username="001010123456789@${realm}", realm="${realm}", nonce="${nonce}", uri="sip:${realm}", response="${response}", algorithm=${algorithm}${more}`;
	const key = () => ['--aka-k', file('k', `${K}\n`), '--aka-opc', file('opc', `${OPC}\n`)];

	it('verifies AKAv1 and shows RAND, SQN and that the MAC is right', async () => {
		const args = ['digest', '--credentials', aka('486f3ee163ac4a424493c7ee626d3794'), ...key()];
		const { stdout, code } = await sipdoctor(args);
		expect(stdout).toMatch(/SQN +ff9bb4d0b607/);
		expect(stdout).toMatch(/MAC +is right/);
		expect(code).toBe(0);
	});

	it('verifies AKAv2 with the key in the environment', async () => {
		const args = [
			'digest',
			'--credentials',
			aka('8975deb6a8bfc100292443870426e9f8', '', 'AKAv2-MD5'),
		];
		const OP = 'cdc202d5123e20f62b6d676ac72cb318';
		const env = { SIPDOCTOR_AKA_K: K, SIPDOCTOR_AKA_OP: OP };
		expect((await sipdoctor(args, { env })).code).toBe(0);
	});

	it('says that RES was hashed as text', async () => {
		const args = ['digest', '--credentials', aka('ec99484152b6f11530f4f653ab1c745a'), ...key()];
		const { stdout, code } = await sipdoctor(args);
		expect(stdout).toMatch(/computed with RES in hexadecimal/);
		expect(code).toBe(1);
	});

	it('decodes AUTS', async () => {
		const line = aka('180933893eb8c4519e87ae2c9d5a1955', ', auts="uoU/PBIy0uNWPTJRKfY="');
		const { stdout, code } = await sipdoctor(['digest', '--credentials', line, ...key()]);
		expect(stdout).toMatch(/AUTS +the SIM is at SQN ff9bb4d0b609/);
		expect(code).toBe(0);
	});

	it('says that the network has another key', async () => {
		const other = ['--aka-k', file('other', K.replace('4', '5')), '--aka-opc', file('opc', OPC)];
		const args = ['digest', '--credentials', aka('486f3ee163ac4a424493c7ee626d3794'), ...other];
		const { stdout, code } = await sipdoctor(args);
		expect(stdout).toMatch(/MAC +is wrong/);
		expect(code).toBe(1);
	});

	it('prints neither K, OPc nor RES', async () => {
		const line = aka('486f3ee163ac4a424493c7ee626d3794');
		for (const more of [[], ['--json'], ['--show-ha1']]) {
			const { stdout, stderr } = await sipdoctor([
				'digest',
				'--credentials',
				line,
				...key(),
				...more,
			]);
			for (const value of [K, OPC, 'a54211d5e3ba50bf', 'b40ba9a3c58b2a05', 'f769bcd751044604'])
				expect((stdout + stderr).toLowerCase()).not.toContain(value);
		}
	});

	it('does not repeat a key with a slip in it', async () => {
		const args = ['digest', '--credentials', aka('ab'), '--aka-k', `${K}0`];
		const { stdout, stderr, code } = await sipdoctor(args);
		expect(code).toBe(2);
		expect(stdout + stderr).not.toContain(K);
	});

	it('needs OP or OPc beside K', async () => {
		const args = ['digest', '--credentials', aka('ab'), '--aka-k', file('k', K)];
		const { stderr, code } = await sipdoctor(args);
		expect(stderr).toMatch(/K is given without OP or OPc/);
		expect(code).toBe(2);
	});
});

describe('digest --json', () => {
	it.each([
		['one that verifies', ['--credentials', credentials()]],
		['one with its challenge', ['--challenge', CHALLENGE, '--credentials', credentials()]],
		['one that was found', ['--credentials', credentials(WITH_BLANK)]],
		['one that was not found', ['--credentials', credentials('0'.repeat(32))]],
		['one that cannot be checked', ['--credentials', credentials().replace('qop=auth,', 'qop=x,')]],
		['HA1', ['--credentials', credentials(), '--show-ha1']],
		['a frame', ['--capture', 'fixtures/captures/wrong-password/phone.pcap', '--frame', '5']],
		['a -sess algorithm', [...PARTS, '--algorithm', 'MD5-sess']],
	])('prints what its schema knows: %s', async (_name, args) => {
		const { stdout } = await sipdoctor(['digest', ...args, '--json'], secret);
		holds(JSON.parse(stdout));
		expect(holds.errors ?? []).toEqual([]);
	});

	it('names the alteration and the diagnosis that explains it', async () => {
		const args = ['digest', '--credentials', credentials(WITH_BLANK), '--json'];
		expect(JSON.parse((await sipdoctor(args, secret)).stdout)).toMatchObject({
			result: 'does-not-verify',
			search: { found: true, alterations: [{ family: 'password', name: 'blank-behind' }] },
			explainedBy: 'password-altered',
		});
	});
});

describe('the secrets of digest', () => {
	it.each<[string, readonly string[]]>([
		['that verifies', ['--credentials', credentials()]],
		['that does not', ['--credentials', credentials(WITH_BLANK)]],
		['in JSON', ['--credentials', credentials(WITH_BLANK), '--json']],
		['with a wrong flag', ['--credentials', credentials(), '--bogus']],
		['with an input missing', ['--username', '1001', '--response', RESPONSE]],
	])('are in no output: one %s', async (_name, args) => {
		const ran = await sipdoctor(['digest', ...args, '--password', PASSWORD], {
			env: { DEBUG: '*' },
		});
		const told = ran.stdout + ran.stderr;
		for (const value of [PASSWORD, HA1, RESPONSE, WITH_BLANK]) expect(told).not.toContain(value);
	});

	it('show HA1 where it is asked for, and nothing else', async () => {
		const args = ['digest', '--credentials', credentials(), '--show-ha1', '--password', PASSWORD];
		const { stdout } = await sipdoctor(args);
		expect(stdout).toContain(HA1);
		expect(stdout).not.toContain(RESPONSE);
		expect(stdout).not.toContain(PASSWORD);
	});
});

describe('digest exits 2', () => {
	it.each<[string, readonly string[], RegExp]>([
		[
			'and names every missing input',
			['--username', '1001'],
			/--realm, --nonce, --uri, --response/,
		],
		['where no password is given', ['--credentials', credentials()], /a password/],
		['where a line is no challenge', ['--challenge', 'Basic realm="x"'], /--challenge/],
		['where a frame is given without its capture', ['--frame', '3'], /capture/],
		[
			'where the frame is a response, and says so',
			['--capture', 'fixtures/captures/wrong-password/phone.pcap', '--frame', '4'],
			/holds a response, 401/,
		],
		[
			'where the request carries no credentials',
			['--capture', 'fixtures/captures/wrong-password/phone.pcap', '--frame', '3'],
			/carries no Digest credentials/,
		],
		['where the capture does not exist', ['--capture', 'none.pcap', '--frame', '3'], /no file/],
	])('%s', async (_name, args, words) => {
		const { stderr, code } = await sipdoctor(['digest', ...args]);
		expect(stderr).toMatch(words);
		expect(code).toBe(2);
	});

	it('where a file holds no header line', async () => {
		const { stderr, code } = await sipdoctor(['digest', file('mail.txt', 'Hello\n')], secret);
		expect(stderr).toMatch(/no Digest challenge/);
		expect(code).toBe(2);
	});

	it('where the response cannot be checked', async () => {
		const line = credentials().replace('qop=auth,', 'qop=x,');
		const { stdout, code } = await sipdoctor(['digest', '--credentials', line], secret);
		expect(stdout).toMatch(/cannot be checked: the qop "x" is not known/);
		expect(code).toBe(2);
	});
});
